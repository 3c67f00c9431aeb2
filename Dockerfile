# Build the environment apart, so that the image carries no build tools.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.txt constraints.txt ./
RUN python -m venv /opt/fraudkit \
    && /opt/fraudkit/bin/pip install --no-cache-dir -r requirements.txt -c constraints.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/fraudkit/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/lib/fraudkit/compiled \
    FRAUDKIT_DATABASE=/var/lib/fraudkit/fraudkit.duckdb \
    FRAUDKIT_SAMPLE_DATABASE=/var/lib/fraudkit/sample.duckdb \
    FRAUDKIT_LOCAL_MODELS=/var/lib/fraudkit/models \
    FRAUDKIT_UPLOAD_FOLDER=/var/lib/fraudkit/uploads \
    FRAUDKIT_SOURCES=/var/lib/fraudkit/sources.toml \
    FRAUDKIT_CARD_KEY=/var/lib/fraudkit/card.key \
    FRAUDKIT_AUDIT_KEY=/var/lib/fraudkit/audit.key
RUN useradd --system --uid 10001 --home-dir /var/lib/fraudkit --create-home fraudkit
WORKDIR /app
COPY --from=build /opt/fraudkit /opt/fraudkit
COPY app.py server.py LICENSE README.md requirements.txt ./
COPY .streamlit .streamlit
COPY fraudkit fraudkit
COPY pages pages
COPY data data
COPY models models
USER 10001
VOLUME /var/lib/fraudkit
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# Inside the container the server listens on all of its interfaces; publish it on loopback: -p 127.0.0.1:8501:8501
CMD ["python", "-m", "fraudkit", "serve", "--address", "0.0.0.0"]

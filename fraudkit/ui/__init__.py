"""The user interface: the only importer of streamlit besides app.py and the pages."""

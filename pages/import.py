"""Import: a file, what it holds, what it leaves open, progress and result; sources and batches."""

from fraudkit.ui import batches, importing, mapping, shell, sources

page = shell.open_page("import")
left, right = shell.two_columns()
with left:
    path = importing.choose_file(page)
    if path is not None:
        found = importing.inspect(page, path)
        mapping.layout(page, found)
        changed = mapping.edit(page, found, path.name) if found.columns else None
        if changed:
            found = importing.inspect(page, path, changed)
        mapping.problem(page, found)
        importing.questions(page, path, found.questions)
        importing.start(page, path, changed, ready=not found.questions and found.problem is None)
        mapping.first_rows(page, found)
    batches.remembered(page)
    sources.sources(page)
with right:
    importing.result(page)
    batches.batches(page)

"""Import: a file, what it holds, what it leaves open, progress and result; sources and batches."""

from fraudkit.ui import batches, importing, layouts, mapping, shell, sources

page = shell.open_page("import")
left, right = shell.two_columns()
with left:
    file = importing.choose_file(page)
    if file is not None:
        found = importing.inspect(page, file)
        mapping.layout(page, found)
        edited = mapping.edit(page, found, str(file.path)) if found.columns else mapping.UNCHANGED
        if edited:
            found = importing.inspect(page, file, edited)
        mapping.problem(page, found)
        importing.questions(page, file, found.questions)
        importing.start(page, file, edited, ready=not found.questions and found.problem is None)
        mapping.first_rows(page, found)
    layouts.remembered(page)
    sources.sources(page)
with right:
    importing.result(page)
    batches.batches(page)

"""Everything that keeps records: a Django project. Nothing outside this package knows Django."""

"""Data products and history as Delta tables on disk, queried by DuckDB.

Every write is one atomic version. `tables` is the door (`import plein.foundation.lake.tables as lake`); `duck` asks
questions in SQL over the active files. A killed writer leaves files that no version names: nobody reads them and
`vacuum` removes them. A power cut is another matter: call `sync` before anything leaves SQL.
"""

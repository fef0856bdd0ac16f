from django.db import migrations

TABLE = "observations_observation"


def partition(apps, schema_editor):
    """Let the hot window of PostgreSQL consist of partitions by time; what it holds becomes the default one."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in (
        f"ALTER TABLE {TABLE} RENAME TO {TABLE}_other",
        f"ALTER INDEX {TABLE}_pkey RENAME TO {TABLE}_other_pkey",
        f"CREATE TABLE {TABLE} (LIKE {TABLE}_other INCLUDING DEFAULTS) PARTITION BY RANGE (time_us)",
        f"ALTER TABLE {TABLE} ADD PRIMARY KEY (datastream_id, time_us)",
        f"ALTER TABLE {TABLE} ATTACH PARTITION {TABLE}_other DEFAULT",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial")]

    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]

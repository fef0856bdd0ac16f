from django.db import migrations

TABLE = "observations_observation"
RARE = {"observations_own_feature": "feature_id", "observations_result_time": "result_time_us"}


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
    for index, column in RARE.items():
        schema_editor.execute(f"ALTER INDEX {index} RENAME TO {index}_other")
        schema_editor.execute(f"CREATE INDEX {index} ON {TABLE} (datastream_id, {column}) WHERE {column} IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("observations", "0002_rare_columns")]

    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]

"""Actions wait in an intake until the worker chains them; the database keeps them until then."""

from django.db import migrations, models

SQLITE = [
    """CREATE TRIGGER gate_intake_no_update BEFORE UPDATE ON gate_logintake
       BEGIN SELECT RAISE(ABORT, 'actions in the intake are never altered'); END""",
    """CREATE TRIGGER gate_intake_kept BEFORE DELETE ON gate_logintake
       WHEN NOT EXISTS (SELECT 1 FROM gate_logrecord WHERE trace_id = OLD.trace_id AND span_id = OLD.span_id)
       BEGIN SELECT RAISE(ABORT, 'actions in the intake are kept until they are chained'); END""",
]
POSTGRES = [
    """CREATE FUNCTION gate_intake_is_chained() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NOT EXISTS (SELECT 1 FROM gate_logrecord WHERE trace_id = OLD.trace_id AND span_id = OLD.span_id) THEN
           RAISE EXCEPTION 'actions in the intake are kept until they are chained';
         END IF;
         RETURN OLD;
       END $$""",
    """CREATE TRIGGER gate_intake_no_update BEFORE UPDATE ON gate_logintake
       FOR EACH ROW EXECUTE FUNCTION plein_stays()""",
    """CREATE TRIGGER gate_intake_kept BEFORE DELETE ON gate_logintake
       FOR EACH ROW EXECUTE FUNCTION gate_intake_is_chained()""",
]


def guard(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


def unguard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in ("gate_intake_no_update", "gate_intake_kept"):
        schema_editor.execute(f"DROP TRIGGER {name} ON gate_logintake" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION gate_intake_is_chained()")


class Migration(migrations.Migration):
    dependencies = [("gate", "0005_algorithms")]

    operations = [
        migrations.CreateModel(
            name="LogIntake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("trace_id", models.CharField(max_length=32)),
                ("span_id", models.CharField(max_length=16)),
                ("action", models.TextField()),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]

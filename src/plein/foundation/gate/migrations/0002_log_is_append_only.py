"""The database itself refuses to alter a log line, and to delete one that was not cut off by the retention job."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER gate_log_no_update BEFORE UPDATE ON gate_logrecord
       BEGIN SELECT RAISE(ABORT, 'log lines are never altered'); END""",
    """CREATE TRIGGER gate_log_no_delete BEFORE DELETE ON gate_logrecord
       WHEN OLD.number > COALESCE((SELECT MAX(number) FROM gate_logcut), 0)
       BEGIN SELECT RAISE(ABORT, 'log lines are kept until their retention ends'); END""",
    """CREATE TRIGGER gate_cut_no_update BEFORE UPDATE ON gate_logcut
       BEGIN SELECT RAISE(ABORT, 'log cuts are never altered'); END""",
    """CREATE TRIGGER identity_audit_no_update BEFORE UPDATE ON identity_auditline
       BEGIN SELECT RAISE(ABORT, 'audit lines are never altered'); END""",
]
POSTGRES = [
    """CREATE FUNCTION plein_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'lines of % are never altered', TG_TABLE_NAME; END $$""",
    """CREATE FUNCTION gate_log_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF OLD.number > COALESCE((SELECT MAX(number) FROM gate_logcut), 0) THEN
           RAISE EXCEPTION 'log lines are kept until their retention ends';
         END IF;
         RETURN OLD;
       END $$""",
    """CREATE TRIGGER gate_log_no_update BEFORE UPDATE ON gate_logrecord
       FOR EACH ROW EXECUTE FUNCTION plein_stays()""",
    """CREATE TRIGGER gate_log_no_delete BEFORE DELETE ON gate_logrecord
       FOR EACH ROW EXECUTE FUNCTION gate_log_kept()""",
    """CREATE TRIGGER gate_cut_no_update BEFORE UPDATE ON gate_logcut
       FOR EACH ROW EXECUTE FUNCTION plein_stays()""",
    """CREATE TRIGGER identity_audit_no_update BEFORE UPDATE ON identity_auditline
       FOR EACH ROW EXECUTE FUNCTION plein_stays()""",
]
TRIGGERS = {
    "gate_log_no_update": "gate_logrecord",
    "gate_log_no_delete": "gate_logrecord",
    "gate_cut_no_update": "gate_logcut",
    "identity_audit_no_update": "identity_auditline",
}


def guard(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)


def unguard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION plein_stays()")
        schema_editor.execute("DROP FUNCTION gate_log_kept()")


class Migration(migrations.Migration):
    dependencies = [("gate", "0001_initial"), ("identity", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]

"""`plein check`: is everything sound?"""

import json
import sys
from dataclasses import asdict

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def command(as_json: bool) -> None:
    """Look whether everything is sound: settings, database, contracts, lake, log, events, jobs, disk.

    Exit code 0 when all is well, 1 when something needs attention.
    """
    from plein.foundation.clock import now
    from plein.site.health import examine

    findings = examine(now())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{'not well' if finding.problems else 'well':9} {finding.check}")
            for said in (*finding.problems, *finding.notes):
                click.echo(f"            {said}")
    if any(finding.problems for finding in findings):
        sys.exit(1)

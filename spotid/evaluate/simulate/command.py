"""The command that writes a simulated survey."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("simulate")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--frames", default=60, show_default=True, help="Pictures to take.")
@click.option("--individuals", default=8, show_default=True, help="Leopards, each with its own coat.")
@click.option("--stations", default=6, show_default=True, help="Stations; half of them with two cameras.")
@click.option("--seed", default=7, show_default=True, help="Another number, another survey.")
@click.option("--days", default=60, show_default=True, help="Days the survey runs.")
@click.option("--size", default="1280x960", show_default=True, help="Width and height of a picture in pixels.")
@click.option("--masks", is_flag=True, help="Also write what is visible of every animal as 1-bit pictures.")
@click.option(
    "--sample", is_flag=True, help="Write the sample survey that ships with the program; the rest is ignored."
)
def simulate(
    out: Path, frames: int, individuals: int, stations: int, seed: int, days: int, size: str, masks: bool, sample: bool
) -> None:
    """Write a simulated camera-trap survey, with the truth about it, into the new folder OUT."""
    from rich.console import Console
    from rich.progress import Progress

    from spotid.errors import BadRequestError
    from spotid.evaluate.simulate.survey import SurveyPlan, sample_plan, simulate_survey

    try:
        wide, high = (int(part) for part in size.lower().split("x"))
    except ValueError as fault:
        raise BadRequestError(f"{size} is not a size.", "Write width and height like 1280x960.") from fault
    plan = (
        sample_plan()
        if sample
        else SurveyPlan(
            seed=seed,
            individuals=individuals,
            stations=stations,
            frames=frames,
            days=days,
            frame_size=(wide, high),
            masks=masks,
        )
    )
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Taking pictures", total=plan.frames)
        truth = simulate_survey(out, plan, lambda done, total: bar.update(task, completed=done, total=total))
    seen = {row.individual for row in truth.sightings}
    click.echo(f"{len(truth.frames)} files with {len(truth.sightings)} sightings of {len(seen)} individuals in {out}")

"""Camtrap DP packages with the columns of version 1.0, and as they come when something is wrong with them."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import ArchiveError, BadRequestError
from spotid.intake import camtrapdp, camtrapdp_who, datapackage
from spotid.intake.camtrapdp_parts import Package, moment_of, on_clock
from spotid.intake.recognised import ANIMAL, PERSON

PROFILE = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.1/camtrap-dp-profile.json"
DEPLOYMENTS = """deploymentID,locationID,locationName,latitude,longitude,coordinateUncertainty,deploymentStart,\
deploymentEnd,setupBy,cameraID,cameraModel,cameraDelay,cameraHeight,cameraDepth,cameraTilt,cameraHeading,\
detectionDistance,timestampIssues,baitUse,featureType,habitat,deploymentGroups,deploymentTags,deploymentComments
d1,l1,K12,-15.5,28.25,187,2020-05-30T04:57:37+02:00,2020-07-01T11:41:41+02:00,,320,Reconyx-HF2X,0,1.30,,-15,285,3.20,\
false,none,trailGame,marsh,,,
d2,l1,K12,-15.5,28.25,20,2020-07-02T00:00:00+02:00,2020-07-09T00:00:00+02:00,,321,,0,,,,,,true,none,,,,,"a, b"
d3,l2,K12,-15.6,28.3,,2020-05-30T00:00:00+02:00,2020-06-30T00:00:00+02:00,,322,,,,,,,,,,,,,,
"""
MEDIA = """mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileName,fileMediatype,\
exifData,favorite,mediaComments
m1,d1,activityDetection,2020-05-31T02:57:37Z,media/a.JPG,false,a.JPG,image/jpeg,"{""ISO"":200}",,
m2,d1,activityDetection,2020-05-31T02:57:40Z,media/b.JPG,false,b.JPG,image/jpeg,,,
m3,d1,activityDetection,2020-05-31T04:00:00+02:00,media/c.MP4,false,,video/mp4,,,
m4,d3,timeLapse,2020-06-01T12:00:00Z,media/d.JPG,false,d.JPG,image/jpeg,,,
"""
HEAD = """observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,\
cameraSetupType,scientificName,count,lifeStage,sex,behavior,individualID,individualPositionRadius,individualPositionAngle,\
individualSpeed,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationTimestamp,\
classificationProbability,observationTags,observationComments
"""
EVENT = (
    "o1,d1,,e1,2020-05-31T02:57:37Z,2020-05-31T02:57:40Z,event,animal,,Panthera pardus,1,adult,female,,L7,"
    ",,,,,,,human,A B,,,,\n"
)
BOXED = (
    "o2,d1,m1,e1,2020-05-31T02:57:37Z,,media,animal,,Panthera pardus,1,adult,female,,L7,"
    ",,,0.1,0.2,0.3,0.4,human,A B,,,,\n"
)
MACHINE = "o3,d3,m4,e2,2020-06-01T12:00:00Z,,media,human,,,1,,,,,,,,0.1,0.2,0.3,0.4,machine,MegaDetector,,0.7,,\n"
BLANK = "o4,d1,m3,e3,2020-05-31T02:00:00Z,,media,blank,,,,,,,,,,,,,,,human,A B,,,,\n"
OBSERVATIONS = HEAD + EVENT + BOXED + MACHINE + BLANK

Made = Callable[..., Path]


def described(profile: str = PROFILE, **paths: object) -> str:
    names = ("deployments", "media", "observations")
    listed = [{"name": one, "path": paths.get(one, f"{one}.csv"), "profile": "tabular-data-resource"} for one in names]
    return json.dumps({"profile": profile, "name": "survey", "title": "A survey", "resources": listed})


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes a package; what is given replaces or adds a file, None leaves it out."""

    def write(**files: str | None) -> Path:
        whole = {"datapackage.json": described(), "deployments.csv": DEPLOYMENTS, "media.csv": MEDIA}
        whole |= {"observations.csv": OBSERVATIONS}
        whole |= {name.replace("_", "."): content for name, content in files.items()}
        for name, content in whole.items():
            if content is not None:
                (tmp_path / name).write_text(content, encoding="utf-8", newline="")
        return tmp_path

    return write


def test_a_package_as_published(made) -> None:
    found = camtrapdp.read(made())
    assert (found.title, found.version) == ("A survey", "1.0.1")
    assert [(one.name, one.latitude, one.longitude) for one in found.stations] == [
        ("K12", -15.5, 28.25),
        ("K12 (l2)", -15.6, 28.3),  # another location under the same name
    ]
    assert [(one.uid, one.station, one.camera) for one in found.deployments] == [
        ("d1", "K12", "320"),
        ("d2", "K12", "321"),
        ("d3", "K12 (l2)", "322"),
    ]
    assert found.deployments[1].clock_doubtful
    # UTC becomes the deployment's time, since that is what the camera's clock showed.
    assert [(one.name, one.captured_at, one.video) for one in found.media] == [
        ("a.JPG", "2020-05-31T04:57:37", False),
        ("b.JPG", "2020-05-31T04:57:40", False),
        ("c.MP4", "2020-05-31T04:00:00", True),
        ("d.JPG", "2020-06-01T14:00:00", False),
    ]
    assert [one.kind for one in found.observations] == ["animal", "animal", "human", "blank"]
    assert found.observations[1].box is not None
    assert found.remarks == [
        "The places of 1 stations are only known to more than 100 m, such as “K12”; distances between stations are no"
        " better.",
        "Deployments are marked as having wrong times: 1 (such as “d2”).",
    ]


def test_individuals_of_files_and_of_events(made) -> None:
    named, told = camtrapdp_who.individuals(camtrapdp.read(made()))
    assert [(one.medium.uid, one.individual, one.of_event) for one in named] == [
        ("m1", "L7", False),
        ("m2", "L7", True),
    ]
    assert (named[0].sex, named[0].age, named[0].by, named[0].by_machine) == ("female", "adult", "A B", False)
    assert named[0].box is not None
    assert named[1].box is None
    assert told == []


def test_who_is_who_in_an_event_of_two_is_not_guessed(made) -> None:
    second = EVENT.replace("o1", "o9").replace("L7", "L8")
    named, told = camtrapdp_who.individuals(camtrapdp.read(made(observations_csv=HEAD + EVENT + second)))
    assert named == []
    assert "Files lie in events of several animals" in told[0]
    unnamed = EVENT.replace("o1", "o9").replace("L7", "")
    named, _ = camtrapdp_who.individuals(camtrapdp.read(made(observations_csv=HEAD + EVENT + unnamed)))
    assert named == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (BOXED + BOXED.replace("o2", "o5").replace("female", "male"), "told to be female and male"),
        (BOXED + BOXED.replace("o2", "o5").replace("pardus", "leo"), "told of Panthera leo and Panthera pardus"),
        (EVENT + EVENT.replace("o1", "o5").replace("e1", "e9").replace("L7", "L8"), "only number the animals"),
        (BOXED.replace("human,A B", "machine,X"), "given by a program"),
        (EVENT.replace("2020-05-31", "2019-01-01"), "no file lies within"),
    ],
)
def test_names_that_should_be_looked_at(made, rows: str, words: str) -> None:
    _, told = camtrapdp_who.individuals(camtrapdp.read(made(observations_csv=HEAD + rows)))
    assert any(words in one for one in told), told


def test_boxes_are_recognitions_too(made) -> None:
    found = camtrapdp_who.recognised(camtrapdp.read(made()))
    assert [(one.path, [(box.category, box.score) for box in one.boxes], one.species) for one in found] == [
        ("media/a.JPG", [(ANIMAL, 1.0)], "Panthera pardus"),
        ("media/c.MP4", [], ""),
        ("media/d.JPG", [(PERSON, 0.7)], ""),
    ]


def line(table: str, old: str, new: str) -> dict[str, str]:
    content = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}[table]
    assert old in content
    return {f"{table}_csv": content.replace(old, new)}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (line("deployments", "d2,l1", "d1,l1"), "ID of an earlier one"),
        (line("deployments", "d2,l1", ",l1"), "have no ID"),
        (line("deployments", "-15.6", "-156"), "no latitude"),
        (line("deployments", "28.3,", "east,"), "no longitude"),
        (line("deployments", "-15.5,28.25,20,", "-15.4,28.25,20,"), "other coordinates"),
        (line("deployments", "2020-07-09T", "2020-06-09T"), "end before they start"),
        (line("deployments", "2020-07-09T00:00:00+02:00", "soon"), "deploymentEnd has no time"),
        (line("deployments", "2020-07-09T00:00:00+02:00", "NA"), "deploymentEnd is empty"),
        (line("media", "m2,d1", "m1,d1"), "no ID of their own"),
        (line("media", "m4,d3", "m4,d9"), "deployment that is not in the package"),
        (line("media", "2020-05-31T02:57:37Z", "31/05/2020"), "no time that can be read"),
        (line("media", "2020-05-31T02:57:37Z", "2020-05-31T02:57:37"), "time without a zone"),
        (line("media", "2020-05-31T02:57:37Z", "2021-05-31T02:57:37Z"), "outside the days"),
        (line("media", "media/a.JPG", "https://x.org/a.JPG"), "on the internet"),
        (line("observations", "o2,d1,m1", "o2,d1,m77"), "file that is not in the package"),
        (line("observations", "o2,d1", "o2,d77"), "deployment that is not in the package"),
        (line("observations", "o2,d1", "o1,d1"), "no ID of their own"),
        (line("observations", "media,animal", "media,beast"), "kind that the standard does not know"),
        (line("observations", "0.1,0.2,0.3,0.4,human", "0.9,0.2,0.3,0.4,human"), "outside their pictures"),
        (line("observations", "0.1,0.2,0.3,0.4,human", "0.9,0.2,,,human"), "not four numbers"),
        (line("observations", "media,animal", "media,vehicle"), "of no animal"),
        ({"datapackage_json": None}, "taken by their names"),
        ({"datapackage_json": described("tabular-data-package")}, "does not say that it is"),
        ({"datapackage_json": described(PROFILE.replace("1.0.1", "0.6"))}, "before the first release"),
        ({"observations_csv": None, "datapackage_json": None}, "no table of observations"),
        (
            {
                "deployments_csv": DEPLOYMENTS.replace("+02:00", "Z"),
                "media_csv": MEDIA.replace("+02:00", "Z"),
            },
            "All times are in UTC",
        ),
    ],
)
def test_what_is_odd_is_told(made, files: dict[str, str | None], words: str) -> None:
    found = camtrapdp.read(made(**files))
    assert any(words in one for one in found.remarks), found.remarks
    camtrapdp_who.individuals(found)
    camtrapdp_who.recognised(found)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"datapackage_json": "{"}, "as JSON"),
        ({"datapackage_json": "[]"}, "as JSON"),
        ({"media_csv": None}, "has no file “media.csv”"),
        ({"media_csv": None, "datapackage_json": None}, "no table “media”"),
        ({"media_csv": ""}, "empty or no table"),
        ({"datapackage_json": described(media="../media.csv")}, "outside the package"),
        ({"datapackage_json": described(media="/etc/passwd")}, "outside the package"),
        ({"datapackage_json": described(media="https://x.org/media.csv")}, "outside the package"),
        ({"media_csv": MEDIA + "m9," + "x" * 1_100_000}, "no whole table"),
    ],
)
def test_what_is_no_package_is_refused(made, files: dict[str, str | None], words: str) -> None:
    with pytest.raises(BadRequestError) as told:
        camtrapdp.read(made(**files))
    assert words in told.value.sentence


def test_a_zip_with_a_folder_and_a_packed_table(made, tmp_path) -> None:
    folder = made()
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("survey/datapackage.json", described(media=["media.csv.gz"]))
        zipped.writestr("survey/deployments.csv", "\ufeff" + DEPLOYMENTS.replace("\n", "\r\n"))
        zipped.writestr("survey/media.csv.gz", gzip.compress(MEDIA.encode()))
        zipped.writestr("survey/observations.csv", OBSERVATIONS)
    (tmp_path / "other").mkdir()
    assert _told(camtrapdp.read(archive)) == _told(camtrapdp.read(folder / "datapackage.json"))
    archive.write_bytes(b"PK nothing")
    with pytest.raises(ArchiveError):
        camtrapdp.read(archive)
    with pytest.raises(BadRequestError, match="not there"):
        camtrapdp.read(tmp_path / "nowhere")


def test_a_table_that_unpacks_without_an_end(made, monkeypatch) -> None:
    monkeypatch.setattr(datapackage, "LARGEST_TABLE", 2_000)
    with pytest.raises(BadRequestError, match="far too large"):
        camtrapdp.read(made(media_csv=MEDIA * 20))


def _told(package: Package) -> tuple[object, ...]:
    return package.stations, package.deployments, package.media, package.observations, package.remarks


@given(
    st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(microsecond=0)),
    st.integers(-12 * 4, 14 * 4).filter(bool),
)
def test_a_clock_is_found_again_from_utc(local: datetime, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    told = local.replace(tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert on_clock(moment_of(told), zone) == local.isoformat()
    assert on_clock(moment_of(local.replace(tzinfo=zone).isoformat()), zone) == local.isoformat()
    assert on_clock(moment_of(local.isoformat()), zone) == local.isoformat()

"""OpenCV without FFmpeg on Linux: the stand-ins that are compiled give all that OpenCV asks for, and nothing else."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from release import films, trim
from release.trim import Entry

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only OpenCV's wheels for Linux are changed"),
    pytest.mark.skipif(bool(films.missing_tools()), reason=f"no C compiler here: {films.ADVICE}"),
]
LIBS = "opencv_python_headless.libs"
ROOT = Path(__file__).resolve().parents[2]
Made = tuple[str, str, str, list[str]]  # name, C text, version of what it gives, what it is linked with
# In the order in which they can be linked.
SSL: Made = ("libssl-1.so.1.1.1k", "int SSL_new(void) { return 7; }", "OPENSSL_1_1_0", [])
BOTH: Made = ("libboth-2.so", "int both(void) { return 2; }", "", [])
PNG: Made = ("libpng-3.so", "int both(void); int png(void) { return both(); }", "PNG_1", [BOTH[0]])
UTIL: Made = (
    "libavutil-4.so.60",
    "int SSL_new(void); int av_log_get_level(void) { return SSL_new(); }"
    "int av_more(void) { return 1; } int av_data = 3;",
    "LIBAVUTIL_60",
    [SSL[0]],
)
FORMAT: Made = (
    "libavformat-5.so.62",
    "int both(void); int av_log_get_level(void);"
    "void *avformat_alloc_context(void) { return 0; } int avformat_open_input(void **p) { return both(); }"
    "int av_read_frame(void) { return av_log_get_level(); }",
    "LIBAVFORMAT_62",
    [UTIL[0], BOTH[0]],
)
CV2 = """
int png(void); int av_log_get_level(void); int av_read_frame(void);
long *avformat_alloc_context(void); int avformat_open_input(void **);
int level(void) { return av_log_get_level(); }
int frame(void) { return av_read_frame(); }
int picture(void) { return png(); }
int film(void) {
    long *context = avformat_alloc_context();
    void *given = context;
    context[100] = 1;
    int code = avformat_open_input(&given);
    return given ? 1 : code;
}
"""


def compiled(path: Path, text: str, version: str = "", needs: list[str] | None = None) -> Entry:
    path.parent.mkdir(parents=True, exist_ok=True)
    script = path.with_suffix(".map")
    script.write_text(f"{version} {{ global: *; }};\n")
    line = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(path), f"-Wl,-soname,{path.name}"]
    line += [f"-Wl,--version-script={script}"] if version else []
    line += [f"-Wl,-rpath,$ORIGIN/../{LIBS}", "-Wl,--disable-new-dtags", "-Wl,--no-as-needed"]
    line += [f"-L{path.parents[1] / LIBS}", *(f"-l:{name}" for name in needs or [])]
    subprocess.run(line, input=text, text=True, check=True, capture_output=True)
    script.unlink()
    return (f"{path.parent.name}/{path.name}", str(path), "BINARY")


def wheel(folder: Path, opencv: str = CV2) -> list[Entry]:
    """A small OpenCV with an FFmpeg of two libraries, and OpenSSL, which that alone needs."""
    made = (SSL, BOTH, PNG, UTIL, FORMAT)
    libs = [compiled(folder / LIBS / name, text, version, needs) for name, text, version, needs in made]
    needs = [PNG[0], UTIL[0], FORMAT[0]]
    return [compiled(folder / "cv2" / "cv2.abi3.so", opencv, "", needs), *libs, ("flask/x", "/site/flask/x", "DATA")]


def laid_out(entries: list[Entry], folder: Path) -> Path:
    for name, source, _ in entries:
        if Path(source).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it with everything bound when it is loaded: a symbol that lacks is found at once."""
    line = [sys.executable, "-c", code]
    told = {**os.environ, "LD_BIND_NOW": "1", "PYTHONPATH": str(folder)}
    return subprocess.run(line, capture_output=True, text=True, cwd=folder, env=told)


def test_stand_ins_take_ffmpegs_place_and_openssl_goes(tmp_path: Path) -> None:
    before = wheel(tmp_path / "wheel")
    found = films.replaced(before, tmp_path / "made")
    left = [one for one in before if SSL[0] not in one[0]]
    assert [one[0] for one in found] == [one[0] for one in left], "what others need stays, in its order"
    changed = {Path(new[0]).name for old, new in zip(left, found, strict=True) if old != new}
    assert changed == {UTIL[0], FORMAT[0]}
    code = "import ctypes; cv = ctypes.CDLL('cv2/cv2.abi3.so'); print(cv.level(), cv.frame(), cv.picture(), cv.film())"
    done = python(code, laid_out(found, tmp_path / "bundle"))
    assert (done.stdout, done.returncode) == ("0 0 2 -38\n", 0), done.stderr
    assert done.stderr == "SpotID's OpenCV opens no films and no streams.\n"


def test_a_stand_in_gives_what_is_asked_and_no_more(tmp_path: Path) -> None:
    found = dict(one[:2] for one in films.replaced(wheel(tmp_path / "wheel"), tmp_path / "made"))
    read = films.binary(Path(found[f"{LIBS}/{UTIL[0]}"]))
    assert {one[:2] for one in read.given if one[2] == "FUNC"} == {("av_log_get_level", "LIBAVUTIL_60")}
    assert read.needs == () and read.name == UTIL[0]


@pytest.mark.parametrize("name", ["av_read_frame", "av_log_get_level"])
def test_a_function_that_lacks_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    whole = films.source
    monkeypatch.setattr(films, "source", lambda symbols: whole(one for one in symbols if one != name))
    with pytest.raises(SystemExit, match=name):
        films.replaced(wheel(tmp_path / "wheel"), tmp_path / "made")


def test_data_is_not_replaced_by_a_function(tmp_path: Path) -> None:
    opencv = CV2 + "extern int av_data; int data(void) { return av_data; }"
    with pytest.raises(SystemExit, match=r"asks libavutil-4\.so\.60 for data, .*: av_data"):
        films.replaced(wheel(tmp_path / "wheel", opencv), tmp_path / "made")


def test_the_same_bytes_wherever_they_are_made(tmp_path: Path) -> None:
    entries = wheel(tmp_path / "wheel")
    first, second = (films.replaced(entries, tmp_path / name) for name in ("one", "another place"))
    assert [Path(a[1]).read_bytes() for a in first[:-1]] == [Path(b[1]).read_bytes() for b in second[:-1]]
    assert first != second


def test_versions_of_one_library_stay_apart() -> None:
    text = films.version_script([("a", "V_1"), ("b", "V_2"), ("c", "V_1")])
    assert text == "V_1 { global: a; c; local: *; };\nV_2 { global: b; };\n"
    assert films.version_script([("a", "")]) == " { global: a; local: *; };\n"


def test_without_a_compiler_the_build_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(f"{LIBS}/libavutil-4.so.60", "x", "BINARY")]
    monkeypatch.setattr(films.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Not found: cc, readelf\. Install gcc and binutils"):
        films.replaced(entries, tmp_path / "made")
    plain = [(f"{LIBS}/libpng-3.so", "x", "BINARY"), ("libavutil.so", "x", "BINARY")]
    assert films.replaced(plain, tmp_path / "made") == plain, "an OpenCV without FFmpeg needs none"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert films.replaced(entries, tmp_path / "made") == entries and films.missing_tools() == []


def installed(module: str = "cv2", libraries: str = "opencv_*.libs") -> list[Entry]:
    """A wheel of this environment, as PyInstaller would find it; empty where it isn't a wheel's."""
    found = importlib.util.find_spec(module)
    package = Path(str(found.origin)).parent if found else Path()
    libs = [path for folder in package.parent.glob(libraries) for path in sorted(folder.iterdir())]
    entries = [(str(path.relative_to(package.parent)), str(path), "BINARY") for path in libs]
    own = sorted(package.rglob("cv2*.so" if module == "cv2" else "*.so"))
    return [(str(path.relative_to(package.parent)), str(path), "EXTENSION") for path in own] + entries


USE = """
import cv2, numpy as np
film = cv2.VideoCapture("x.mp4"); print(film.isOpened(), film.read()[0]); film.release()
film = cv2.VideoWriter("y.mp4", cv2.VideoWriter_fourcc(*"mp4v"), 10, (64, 48)); print(film.isOpened()); film.release()
picture = np.random.default_rng(1).integers(0, 255, (60, 80, 3)).astype(np.uint8)
for kind in ("jpg", "png", "tiff", "webp"):
    assert cv2.imwrite(f"x.{kind}", picture) and cv2.imread(f"x.{kind}").shape == picture.shape
mask = np.zeros((60, 80), np.uint8)
cv2.grabCut(picture, mask, (9, 9, 40, 40), np.zeros((1, 65)), np.zeros((1, 65)), 1, cv2.GC_INIT_WITH_RECT)
print(len(cv2.SIFT_create().detect(picture, None)) > 9, cv2.dnn.blobFromImage(picture).shape)
"""


@pytest.mark.skipif(not any("libavcodec" in one[0] for one in installed()), reason="this OpenCV brings no FFmpeg")
def test_the_real_opencv_works_with_stand_ins(tmp_path: Path) -> None:
    before = installed()
    found = films.replaced(before, tmp_path / "made")
    names = {Path(one[0]).name for one in found}
    assert not [name for name in names if name.startswith(("libssl", "libcrypto", "libvpx", "libswresample"))]
    assert {"libavcodec", "libavformat", "libavutil", "libswscale"} <= {name.split("-")[0] for name in names}
    assert sum(Path(one[1]).stat().st_size for one in before) - sum(Path(one[1]).stat().st_size for one in found) > 3e7
    folder = laid_out(found, tmp_path / "bundle")
    package = Path(before[0][1]).parent
    for path in package.rglob("*.py"):
        (folder / "cv2" / path.relative_to(package)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / "cv2" / path.relative_to(package))
    (folder / "x.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    done = python(USE, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "False False\nFalse\nTrue (1, 3, 60, 80)\n"
    assert "opens no films" in done.stderr


READS = """
import sys; sys.path[1:1] = ["{tree}"]
from spotid.jobs import selfcheck_parts
print(selfcheck_parts.PARTS["{part}"]())
"""


@pytest.mark.parametrize(
    ("module", "libraries", "part", "gone", "least"),
    [
        ("av", "av.libs", "pyav", "libx265 libunistring libgmp libXau", 7e7),
        ("pyproj", "pyproj.libs", "pyproj", "libnghttp2", 9e6),
    ],
)
def test_films_are_read_and_coordinates_changed_without_what_is_never_used(
    tmp_path: Path, module: str, libraries: str, part: str, gone: str, least: float
) -> None:
    before = installed(module, libraries)
    if not any(one[2] == "BINARY" for one in before):
        pytest.skip(f"this {module} is no wheel's")
    found = trim.stripped(films.replaced(before, tmp_path / "made"), tmp_path / "stripped")
    size = {Path(name).name: Path(source).stat().st_size for name, source, _ in found}
    for name in gone.split():
        assert not [one for one in size if one.startswith(name) and size[one] > 30_000], name
    assert sum(Path(one[1]).stat().st_size for one in before) - sum(size.values()) > least
    folder = laid_out(found, tmp_path / "bundle")
    package = Path(str(importlib.util.find_spec(module).origin)).parent  # type: ignore[union-attr]
    for path in package.rglob("*"):
        if path.is_file() and path.suffix not in (".so", ".pyc"):
            (folder / module / path.relative_to(package)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / module / path.relative_to(package))
    done = python(READS.format(tree=ROOT, part=part), folder)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


def test_modules_of_one_name_are_all_asked(tmp_path: Path) -> None:
    """PyAV has four modules called context: what any of them asks must be given."""
    own = tmp_path / "wheel"
    (own / "av.libs").mkdir(parents=True)
    entries = []
    libs = own / "av.libs"
    line = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-Wl,-soname,libavfilter-1.so.11", "-o"]
    text = "int one(void) { return 1; } int two(void) { return 2; }"
    subprocess.run([*line, str(libs / "libavfilter-1.so.11")], input=text, text=True, check=True)
    entries.append(("av.libs/libavfilter-1.so.11", str(libs / "libavfilter-1.so.11"), "BINARY"))
    for folder, asked in (("codec", "one"), ("filter", "two")):
        path = own / "av" / folder / "context.abi3.so"
        path.parent.mkdir(parents=True)
        code = f"int {asked}(void); int use_{asked}(void) {{ return {asked}(); }}"
        line = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(path), f"-L{libs}", "-l:libavfilter-1.so.11"]
        subprocess.run(line, input=code, text=True, check=True)
        entries.append((f"av/{folder}/context.abi3.so", str(path), "EXTENSION"))
    found = dict(one[:2] for one in films.replaced(entries, tmp_path / "made"))
    given = {one[0] for one in films.binary(Path(found["av.libs/libavfilter-1.so.11"])).given}
    assert given >= {"one", "two"}

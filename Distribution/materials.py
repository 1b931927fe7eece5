#!/usr/bin/env python3
"""Says what the released files are made of: the licences of the libraries in the executable, and bills of materials in SPDX 2.3 and
CycloneDX 1.6. The same build makes the same bytes.

    materials.py notices BUILD                  the licences, as one text
    materials.py bills BUILD VERSION DIST       NAME.spdx.json and NAME.cdx.json for each file in DIST

BUILD is the folder of the static build. `libraries.json` lists what may be linked into the executable; the versions are those that the
build noted.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
NAME = "airbyte-lowcode"
MAKER = "airbyte-lowcode contributors"
SUFFIXES = (".spdx.json", ".cdx.json")


class Library:
    def __init__(self, fact, version, source, text):
        self.name, self.licence, self.version, self.source, self.text = fact["name"], fact["licence"], version, source, text
        self.url = fact.get("url")


def upstream(version):
    """The version of a Debian package without what Debian adds to it."""
    return re.sub(r"[.+~](dfsg|really).*|-[^-]*$", "", version.split(":", 1)[-1])


def libraries(build):
    """What is linked into the executable, with versions and licences."""
    build = pathlib.Path(build).resolve()
    archives = json.loads((build / "swift_static" / "versions.json").read_text())
    pins = {pin["identity"]: pin for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    resources = pathlib.Path(json.loads(subprocess.check_output(["swift", "-print-target-info"]))["paths"]["runtimeResourcePath"])
    swift = re.search(r"Swift version ([0-9.]+)", subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout)[1]
    facts = json.loads((HERE / "libraries.json").read_text())
    known = {fact["name"] for fact in facts}
    if unknown := sorted(set(pins) - known):
        sys.exit(f"error: Package.resolved has {', '.join(unknown)}, of which Distribution/libraries.json says no licence")
    tables = json.loads((HERE / "tables.json").read_text())
    for fact in facts:
        name = fact["name"]
        if fact.get("isLeftOut"):
            continue
        if name in pins:
            pin = pins[name]
            checkout = build / "checkouts" / pathlib.Path(pin["location"]).stem
            texts = sorted(checkout.glob("LICENSE*"))
            fact = {**fact, "url": pin["location"]}
            place = pin["location"].removeprefix("https://").removesuffix(".git")
            version, source = pin["state"]["version"], f"pkg:swift/{place}@{pin['state']['version']}"
        elif name == "swift":
            texts = [resources.parents[1] / "share" / "swift" / "LICENSE.txt"]
            version, source = swift, f"pkg:github/swiftlang/{pathlib.Path(fact['url']).name}@swift-{swift}-RELEASE"
        elif name == "curl":
            texts = [build / "libcurl" / "COPYING"]
            whole = (build / "libcurl" / "version").read_text().strip()
            version, source = upstream(whole), f"pkg:deb/debian/curl@{whole}?arch=source"
        elif "table" in fact:
            note = tables[fact["table"]]
            yield Library(fact, note["version"], f"pkg:generic/{name}@{note['version']}", note.get("licence", "").strip())
            continue
        else:
            noted = archives.get(fact["archive"])
            package = noted["package"] if noted else fact["package"]
            texts = [pathlib.Path("/usr/share/doc") / package / "copyright"]
            whole = noted["version"] if noted else "unknown"
            version, source = upstream(whole), f"pkg:deb/debian/{package}@{whole}"
        text = "\n".join(path.read_text(errors="replace").strip() for path in texts if path.exists())
        yield Library(fact, version, source, text)


def notices(build):
    print(f"The program {NAME} contains these libraries. Each has a licence of its own.")
    for library in libraries(build):
        print(f"\n{'=' * 78}\n{library.name} {library.version}: {library.licence}\n{library.url}\n{'=' * 78}\n")
        print(library.text or f"Its licence is {library.licence}: https://spdx.org/licenses/")


def system_packages(image):
    """The Debian packages of the files that an image took from the system that made it, with their versions."""
    if not pathlib.Path("/usr/bin/dpkg-query").exists():
        return {}
    paths = set()
    with tarfile.open(image) as archive:
        for member in archive.getmembers():
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is None or stream.read(2) != b"\x1f\x8b":
                continue
            stream.seek(0)
            with tarfile.open(fileobj=stream, mode="r:gz") as layer:
                paths.update("/" + entry.name.lstrip("./") for entry in layer.getmembers() if entry.isfile())
    # Debian's own list may know a file by its place before /bin and /lib became links.
    candidates = sorted(paths | {path.removeprefix("/usr") for path in paths} | {f"/usr{path}" for path in paths})
    found = subprocess.run(["dpkg-query", "--search", *candidates], capture_output=True, text=True).stdout
    owners = {line.split(": ")[0].split(",")[0] for line in found.splitlines() if not line.startswith("diversion ")}
    if not owners:
        return {}
    shown = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *sorted(owners)], capture_output=True, text=True, check=True)
    return dict(line.split() for line in shown.stdout.splitlines())


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def spdx(file, digest, version, made, parts, systems):
    def package(name, number, licence, purl, url=None, **more):
        entry = {
            "name": name, "SPDXID": identifier(f"{name}-{number}"), "versionInfo": number, "downloadLocation": url or "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION",
            "supplier": "NOASSERTION", **more}
        if purl:
            entry["externalRefs"] = [
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]
        return entry

    own = package(
        NAME, version, "MIT", f"pkg:generic/{NAME}@{version}", packageFileName=file.name, primaryPackagePurpose="APPLICATION",
        supplier=f"Organization: {MAKER}", checksums=[{"algorithm": "SHA256", "checksumValue": digest}])
    others = [(package(part.name, part.version, part.licence, part.source, part.url), "STATIC_LINK") for part in parts]
    others += [
        (package(name, number, "NOASSERTION", f"pkg:deb/debian/{name}@{number}"), "CONTAINS") for name, number in sorted(systems.items())]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": file.name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{file.name}-{uuid.UUID(digest[:32])}",
        "creationInfo": {"created": made, "creators": [f"Tool: {NAME}-materials", f"Organization: {MAKER}"]},
        "documentDescribes": [own["SPDXID"]], "packages": [own] + [entry for entry, _ in others],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": own["SPDXID"]},
            *({"spdxElementId": own["SPDXID"], "relationshipType": kind, "relatedSpdxElement": entry["SPDXID"]}
              for entry, kind in others)]}


def cyclonedx(file, digest, version, made, parts, systems):
    def component(kind, name, number, licence, purl, url=None):
        entry = {"type": kind, "bom-ref": purl, "name": name, "version": number, "purl": purl}
        if licence:
            entry["licenses"] = [{"expression": licence}]
        if url:
            entry["externalReferences"] = [{"type": "website", "url": url}]
        return entry

    own = component("application", NAME, version, "MIT", f"pkg:generic/{NAME}@{version}")
    own["hashes"] = [{"alg": "SHA-256", "content": digest}]
    components = [component("library", part.name, part.version, part.licence, part.source, part.url) for part in parts]
    components += [
        component("library", name, number, None, f"pkg:deb/debian/{name}@{number}") for name, number in sorted(systems.items())]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32])}", "version": 1,
        "metadata": {"timestamp": made, "component": own, "properties": [{"name": "file", "value": file.name}]},
        "components": components,
        "dependencies": [{"ref": own["bom-ref"], "dependsOn": [entry["bom-ref"] for entry in components]}]
        + [{"ref": entry["bom-ref"]} for entry in components]}


def bills(build, version, folder):
    moment = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    made = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = list(libraries(build))
    folder = pathlib.Path(folder)
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        if file.name.endswith(SUFFIXES) or file.name in ("SHA256SUMS", "install.sh") or file.suffix == ".rb":
            continue
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        systems = system_packages(file) if file.name.endswith("-oci.tar") else {}
        for suffix, form in zip(SUFFIXES, (spdx, cyclonedx)):
            bill = form(file, digest, version, made, parts, systems)
            (folder / f"{file.name}{suffix}").write_text(json.dumps(bill, indent=2) + "\n")


def main():
    command, *arguments = sys.argv[1:]
    {"notices": notices, "bills": bills}[command](*arguments)


if __name__ == "__main__":
    main()

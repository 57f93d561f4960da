"""Imports over HTTP: the report, the rejected rows, conflicts, who may, and files that nobody should send."""

import asyncio
import csv
import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from app.access.roles import Role
from tests.support.cast import STRANGER
from tests.support.extracts import MANAGER, a_row, a_source, facts, imported, send, sheet, workbook
from tests.support.service import API, Service

pytestmark = pytest.mark.database
SHEET = "xl/worksheets/sheet1.xml"


class TestReports:
    async def test_the_report_counts_every_row_once_and_tells_every_error_by_row_and_column(
        self, service: Service
    ) -> None:
        content = sheet(
            a_row(),
            a_row(source_reference="GLEN-2", tenure="n/k", postcode="G1"),
            a_row(),
            a_row(source_reference="GLEN-3"),
        )
        report = await imported(service, content, source=a_source())
        assert [report[name] for name in ("rows", "accepted", "unchanged", "conflict", "rejected")] == [4, 2, 0, 0, 2]
        told = [(error["row"], error["column"]) for error in report["errors"]]
        assert told == [(3, "Tenure"), (3, "Postcode"), (4, "Source reference")]
        assert report["errors_left_out"] == 0
        shown = await service.get(MANAGER, f"/imports/{report['id']}")
        assert shown.json() == report

    async def test_the_notes_name_unknown_columns_new_organisations_and_doubts_without_quoting_anybody(
        self, fresh_service: Service
    ) -> None:
        row = a_row(organisation="Care & Repair Glenmore", outcome="gone to live with Jean", closed="01/07/2025")
        report = await imported(fresh_service, sheet({**row, "Key safe code?": "no"}), source=a_source())
        assert report["notes"]["unknown_columns"] == ["Key safe code?"]
        assert report["notes"]["new_organisations"] == ["Care & Repair Glenmore"]
        assert report["notes"]["doubts"][0]["rows"] == 1
        assert "Jean" not in str(report["notes"])
        assert any("sharing" in remark for remark in report["notes"]["remarks"])
        again = await imported(fresh_service, sheet(a_row(organisation="care &  repair GLENMORE")), source=a_source())
        assert again["notes"]["new_organisations"] == []

    async def test_imports_are_listed_newest_first_and_page_by_page(self, fresh_service: Service) -> None:
        numbers = [(await imported(fresh_service, sheet(a_row()), source=a_source()))["id"] for _ in range(3)]
        first = (await fresh_service.get(MANAGER, "/imports", limit=2)).json()
        rest = (await fresh_service.get(MANAGER, "/imports", limit=2, cursor=first["next_cursor"])).json()
        assert [one["id"] for one in first["items"] + rest["items"]] == numbers[::-1]
        assert rest["next_cursor"] is None
        assert first["items"][0]["run_by"] == "Service Manager"

    async def test_an_import_that_is_not_there_is_not_found(self, service: Service) -> None:
        for path in ("", "/rejected.csv", "/conflicts"):
            response = await service.get(MANAGER, f"/imports/2000000000{path}")
            assert response.status_code == 404
        assert (await service.get(MANAGER, "/imports/99999999999999")).status_code == 422


class TestMending:
    async def test_the_rejected_rows_come_back_as_a_csv_that_can_be_mended_and_imported(self, service: Service) -> None:
        source = a_source()
        content = sheet(a_row(), a_row(source_reference="GLEN-2", tenure="n/k", notes="=1+1"))
        report = await imported(service, content, source=source)
        response = await service.get(MANAGER, f"/imports/{report['id']}/rejected.csv")
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert response.headers["content-disposition"] == f'attachment; filename="rejected-{report["id"]}.csv"'
        [rejected] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        assert rejected["Source reference"] == "GLEN-2"
        assert rejected["Error"].startswith('Tenure: "n/k"')
        assert rejected["Notes"] == "'=1+1"
        mended = await imported(service, sheet({**rejected, "Tenure": "council"}), source=source)
        assert (mended["accepted"], mended["rejected"]) == (1, 0)

    async def test_more_rejected_rows_than_one_page_come_with_one_header(self, service: Service) -> None:
        rows = [a_row(source_reference=f"BAD-{n}", tenure="n/k") for n in range(1_203)]
        report = await imported(service, sheet(*rows), source=a_source())
        response = await service.get(MANAGER, f"/imports/{report['id']}/rejected.csv")
        listed = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert [row["Source reference"] for row in listed] == [row["Source reference"] for row in rows]

    async def test_other_content_under_a_known_reference_is_kept_for_a_person_to_look_at(
        self, service: Service
    ) -> None:
        source = a_source()
        await imported(service, sheet(a_row(), a_row(source_reference="GLEN-2")), source=source)
        before = await facts(service)
        changed = sheet(a_row(person_name="Ross Placeholder"), a_row(source_reference="GLEN-2"))
        report = await imported(service, changed, source=source)
        assert [report[name] for name in ("accepted", "unchanged", "conflict")] == [0, 1, 1]
        assert await facts(service) == before
        [conflict] = (await service.get(MANAGER, f"/imports/{report['id']}/conflicts")).json()["items"]
        assert (conflict["row"], conflict["source_reference"]) == (2, "GLEN-1")
        assert conflict["cells"]["Person name"] == "Ross Placeholder"
        assert conflict["cells_before"]["Person name"] == "Davina Dummie"
        case = (await service.get(MANAGER, f"/cases/{conflict['reference']}")).json()
        assert case["person"]["name"] == "Davina Dummie"
        reads = (await service.get(MANAGER, f"/cases/{conflict['reference']}/reads")).json()["items"]
        assert "/imports/{import_id}/conflicts" in [read["route"] for read in reads]

    async def test_the_row_of_a_case_is_shown_to_those_who_see_the_case(self, service: Service) -> None:
        source = a_source()
        await imported(service, sheet({**a_row(), "Key safe code?": "no"}), source=source)
        async with service.owner.transaction() as session:
            reference = await session.scalar(text("SELECT reference FROM cases WHERE source = :s"), {"s": source})
        path = f"/cases/{reference}/imported-row"
        row = (await service.get("housing_officer", path)).json()
        assert (row["source"], row["source_reference"], row["row"]) == (source, "GLEN-1", 2)
        assert row["unknown_columns"] == {"Key safe code?": "no"}
        assert row["cells"]["First contact"] == "03/02/2025"
        assert (await service.get(STRANGER, path)).status_code == 404


class TestRunningTwice:
    async def test_the_same_key_gives_the_same_report_and_imports_once(self, service: Service) -> None:
        source, headers = a_source(), {"Idempotency-Key": a_source()}
        first = await send(service, sheet(a_row()), source=source, headers=headers)
        again = await send(service, sheet(a_row()), source=source, headers=headers)
        assert (again.status_code, again.json()) == (201, first.json())
        other = await send(service, sheet(a_row(notes="changed")), source=source, headers=headers)
        assert other.status_code == 422
        assert other.json()["errors"][0]["pointer"] == "/Idempotency-Key"

    async def test_two_imports_of_one_source_at_once_bring_each_row_in_once(self, fresh_service: Service) -> None:
        content = sheet(*(a_row(source_reference=f"GLEN-{n}") for n in range(40)))
        reports = await asyncio.gather(*(imported(fresh_service, content, source="one") for _ in range(4)))
        assert sorted(report["accepted"] for report in reports) == [0, 0, 0, 40]
        assert sorted(report["unchanged"] for report in reports) == [0, 40, 40, 40]
        assert (await facts(fresh_service))["cases"] == 40

    async def test_a_dry_run_answers_the_same_and_writes_nothing_but_its_report(self, fresh_service: Service) -> None:
        source = a_source()
        await imported(fresh_service, sheet(a_row()), source=source)
        before = await facts(fresh_service)
        content = sheet(
            a_row(notes="other"),
            a_row(source_reference="GLEN-2", organisation="Brand New Trust"),
            a_row(source_reference="GLEN-3", tenure="n/k"),
        )
        dry = await imported(fresh_service, content, source=source, dry_run=True)
        assert await facts(fresh_service) == before
        shown = await fresh_service.get(MANAGER, f"/imports/{dry['id']}/rejected.csv")
        assert "GLEN-3" in shown.text
        wet = await imported(fresh_service, content, source=source, dry_run=False)
        differing = {"id", "dry_run", "started_at", "finished_at"}
        assert {k: v for k, v in dry.items() if k not in differing} == {
            k: v for k, v in wet.items() if k not in differing
        }
        assert (await facts(fresh_service))["cases"] == before["cases"] + 1


class TestRoles:
    async def test_only_a_service_manager_imports_and_reads_reports(self, service: Service) -> None:
        report = await imported(service, sheet(a_row()), source=a_source())
        for role in set(Role) - {Role.SERVICE_MANAGER}:
            assert (await send(service, sheet(a_row()), source=a_source(), who=role.value)).status_code == 403
            for path in ("/imports", *(f"/imports/{report['id']}{p}" for p in ("", "/rejected.csv", "/conflicts"))):
                assert (await service.get(role.value, path)).status_code == 403, (role, path)

    async def test_nobody_without_a_token_gets_as_far_as_the_file(self, service: Service) -> None:
        response = await service.http.post(f"{API}/imports", files={"file": b"x"}, data={"source": "s"})
        assert response.status_code == 401

    async def test_a_forgotten_filter_shows_no_import_to_those_who_see_their_organisation_only(
        self, service: Service
    ) -> None:
        await imported(service, sheet(a_row(), a_row(tenure="n/k")), source=a_source())
        tables = ("imports", "import_rows", "import_errors", "import_rejected", "import_conflicts")
        async with service.app.state.db.transaction() as session:
            await session.execute(text("SELECT door.enter_as(:u)"), {"u": service.cast[STRANGER].id})
            counts = [await session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]
        assert counts == [0] * len(tables)


class TestFilesThatNobodyShouldSend:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b"a,b\n1,2\n", "no column"),
            (sheet(a_row()).replace(b",", b";"), "semicolons"),
            (sheet(a_row(person_name="Zo\u00eb Dummie")).decode().encode("latin-1"), "UTF-8"),
            (sheet(a_row()) + b"GLEN-2,\x00\n", "null"),
            (b"\xff\xfe" + "Tenure".encode("utf-16-le"), "UTF-16"),
            (b"\xd0\xcf\x11\xe0", ".xls"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04 not really", "damaged"),
            (b",".join([b"Tenure"] * 1_000_000) + b"\n", ""),
            (sheet(a_row()) + b'"never closed', "never closed"),
        ],
        ids=lambda value: value if isinstance(value, str) else None,
    )
    async def test_each_is_refused_with_what_to_do_and_nothing_is_written(
        self, service: Service, content: bytes, said: str
    ) -> None:
        before = await facts(service)
        response = await send(service, content, source=a_source())
        assert response.status_code == 422, response.text
        [error] = response.json()["errors"]
        assert error["pointer"] == "/file"
        assert said in error["message"]
        assert await facts(service) == before

    async def test_a_zip_bomb_is_refused_without_being_unpacked(self, service: Service, tmp_path: Path) -> None:
        bomb = io.BytesIO()
        workbook(tmp_path / "book.xlsx", [a_row()])
        with (
            zipfile.ZipFile(tmp_path / "book.xlsx") as book,
            zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as copy,
        ):
            for part in set(book.namelist()) - {SHEET}:
                copy.writestr(part, book.read(part))
            beginning, end = book.read(SHEET).split(b"<sheetData>")
            with copy.open(SHEET, "w") as page:
                page.write(beginning + b"<sheetData>")
                for _ in range(600):
                    page.write(b" " * 2**20)
                page.write(end)
        assert bomb.tell() < 2**20
        response = await send(service, bomb.getvalue(), source=a_source())
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/file"

    async def test_a_column_of_anything_but_organisations_brings_no_thousand_organisations(
        self, fresh_service: Service
    ) -> None:
        rows = [a_row(source_reference=f"GLEN-{n}", organisation=f"Person number {n}") for n in range(1_000)]
        before = await facts(fresh_service)
        response = await send(fresh_service, sheet(*rows), source=a_source())
        assert response.status_code == 422
        assert "organisations" in response.json()["detail"]
        assert await facts(fresh_service) == before

    @pytest.mark.parametrize(
        ("files", "data", "pointers"),
        [
            ({"file": b"x"}, {}, ["/source"]),
            ({"other": b"x"}, {"source": "s"}, ["/other"]),
            ({"file": b"x"}, {"source": "s\x00"}, ["/source"]),
            ({"file": b"x"}, {"source": "s", "dry_run": "maybe"}, ["/dry_run"]),
            ({"file": b"x"}, {"source": "s", "mode": "fast"}, ["/mode"]),
            ({"source": b"x"}, {"file": "s"}, ["/file", "/source"]),
            ([("file", b"x"), ("file", b"y")], {"source": "s"}, [""]),
        ],
    )
    async def test_a_form_that_is_filled_in_wrongly_names_the_field(
        self, service: Service, files: object, data: dict[str, str], pointers: list[str]
    ) -> None:
        headers = service.cast[MANAGER].headers
        response = await service.http.post(f"{API}/imports", files=files, data=data, headers=headers)  # type: ignore[arg-type] # httpx takes more than it says
        assert response.status_code == 422, response.text
        assert set(pointers) <= {error["pointer"] for error in response.json()["errors"]}

    async def test_what_is_no_form_at_all_is_refused(self, service: Service) -> None:
        headers = service.cast[MANAGER].headers
        plain = await service.http.post(f"{API}/imports", content=b"x", headers=headers)
        assert plain.status_code == 415
        broken = {**headers, "content-type": "multipart/form-data; boundary=x"}
        for content in (b"", b"x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"):
            response = await service.http.post(f"{API}/imports", content=content, headers=broken)
            assert response.status_code == 422, content

    async def test_a_workbook_is_imported_as_its_csv_would_be(self, service: Service, tmp_path: Path) -> None:
        source, rows = a_source(), [a_row(), a_row(source_reference="GLEN-2", works_completed="09/06/1066")]
        report = await imported(service, workbook(tmp_path / "book.xlsx", rows[:1]), source=source)
        assert report["accepted"] == 1
        again = await imported(service, sheet(*rows), source=source)
        assert (again["unchanged"], again["rejected"]) == (1, 1)

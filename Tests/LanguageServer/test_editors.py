"""The language server as editors use it: by pygls, with the capabilities of each editor, over the pipes of a process.

    make test-lsp

AIRBYTE_LOWCODE names the program.
"""

import os
import time

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

PROGRAM = os.environ["AIRBYTE_LOWCODE"]
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
URI = "file:///connector/manifest.yaml"
DOCUMENT = types.TextDocumentIdentifier(uri=URI)

with open(os.path.join(ROOT, "manifests", "bookshop", "manifest.yaml"), encoding="utf-8") as file:
    BOOKSHOP = file.read()


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim", "emacs"],
    config=ClientServerConfig(server_command=[PROGRAM, "lsp", "--stdio"]),
)
async def client(request, lsp_client: LanguageClient):
    result = await lsp_client.initialize_session(
        types.InitializeParams(capabilities=client_capabilities(request.param), root_uri="file:///connector")
    )
    assert result.server_info.name == "airbyte-lowcode"
    yield
    await lsp_client.shutdown_session()


class Document:
    """A document that the client has open, and what it was changed to."""

    def __init__(self, client, text):
        self.client, self.text, self.version = client, text, 1
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri=URI, language_id="yaml", version=1, text=text))
        )

    def place(self, word, within=0):
        """The position of a word."""
        before = self.text[: self.text.index(word) + within]
        line = before.count("\n")
        return types.Position(line, len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2)

    def change(self, old, new):
        start = self.place(old)
        end = self.place(old, len(old))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        change = types.TextDocumentContentChangePartial(range=types.Range(start, end), text=new)
        self._send(change)

    def replace(self, text):
        self.text = text
        self.version += 1
        self._send(types.TextDocumentContentChangeWholeDocument(text=text))

    def _send(self, change):
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(version=self.version, uri=URI), content_changes=[change]
            )
        )

    async def diagnostics(self):
        """Those of the present text."""
        while True:
            params = await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
            if params.version == self.version:
                return params.diagnostics


@pytest.mark.asyncio
async def test_diagnostics_follow_what_is_typed(client):
    document = Document(client, BOOKSHOP)
    found = await document.diagnostics()
    assert [d.range.start for d in found if d.code == "deprecated-property"][0] == document.place("url_base")
    assert not [d for d in found if d.severity == types.DiagnosticSeverity.Error]
    document.change("type: PageIncrement", "type: PageIncremnt")
    found = [d for d in await document.diagnostics() if d.severity == types.DiagnosticSeverity.Error]
    assert [d.code for d in found] == ["type"]
    assert found[0].range.start == document.place("PageIncremnt")
    assert found[0].range.end == document.place("PageIncremnt", len("PageIncremnt"))
    document.replace(BOOKSHOP)
    assert not [d for d in await document.diagnostics() if d.severity == types.DiagnosticSeverity.Error]


@pytest.mark.asyncio
async def test_a_quick_fix_mends_the_text(client):
    document = Document(client, BOOKSHOP.replace("type: PageIncrement", "type: PageIncremnt"))
    await document.diagnostics()
    place = document.place("PageIncremnt", 3)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(DOCUMENT, types.Range(place, place), types.CodeActionContext(diagnostics=[]))
    )
    (action,) = [action for action in actions if action.is_preferred]
    (edit,) = action.edit.changes[URI]
    assert (edit.new_text, edit.range.start) == ("PageIncrement", document.place("PageIncremnt"))


@pytest.mark.asyncio
async def test_completion_knows_the_place(client):
    document = Document(client, BOOKSHOP)

    async def labels(word, within):
        answer = await client.text_document_completion_async(
            types.CompletionParams(text_document=DOCUMENT, position=document.place(word, within))
        )
        return [item.label for item in answer.items]

    assert "OffsetIncrement" in await labels("type: PageIncrement", len("type: Pa"))
    assert {"base_url", "token", "start_date"} <= set(await labels("config['base_url']", len("config['")))
    assert (await labels('"#/definitions/requester"', 3))[0] == "#/definitions/requester"
    document.change("    primary_key: id\n", "    primary_key: id\n    \n")
    assert "incremental_sync" in await labels("    \n    retriever", 4)
    # The text is broken now, and the keys of the config are known all the same.
    document.change("{{ config['token'] }}\"", "{{ config['")
    assert "token" in await labels('api_token: "{{ config[\'', len('api_token: "{{ config[\''))


@pytest.mark.asyncio
async def test_hovers_definitions_and_symbols(client):
    document = Document(client, BOOKSHOP)
    hover = await client.text_document_hover_async(
        types.HoverParams(text_document=DOCUMENT, position=document.place("cursor_value", 2))
    )
    assert "**cursor_value** of `CursorPagination`" in hover.contents.value
    place = await client.text_document_definition_async(
        types.DefinitionParams(text_document=DOCUMENT, position=document.place('"#/definitions/requester"', 5))
    )
    assert (place.uri, place.range.start) == (URI, document.place("requester:"))
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(DOCUMENT))
    assert [symbol.name for symbol in symbols] == ["version", "type", "check", "definitions", "streams", "spec"]
    assert [child.name for child in symbols[4].children] == ["authors", "books", "orders"]


@pytest.mark.asyncio
async def test_a_large_manifest_is_answered_at_once(client):
    """Half a megabyte: what is asked while it is checked waits for nothing."""
    start = BOOKSHOP.index("  authors:\n")
    end = BOOKSHOP.index("  # Each author's books")
    stream = BOOKSHOP[start:end]
    copies = "".join(stream.replace("authors", f"authors{number}") for number in range(500))
    document = Document(client, BOOKSHOP[:end] + copies + BOOKSHOP[end:])
    began = time.monotonic()
    for number in range(10):
        document.change("page_size: 50", f"page_size: 5{number}" if number % 2 else "page_size: 50")
        answer = await client.text_document_completion_async(
            types.CompletionParams(text_document=DOCUMENT, position=document.place("type: PageIncrement", 8))
        )
        assert answer.items
    assert (time.monotonic() - began) / 10 < 1
    assert not [d for d in await document.diagnostics() if d.severity == types.DiagnosticSeverity.Error]

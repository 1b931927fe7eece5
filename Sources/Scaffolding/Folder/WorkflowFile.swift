/// What GitHub runs with each change of a connector.
enum WorkflowFile {
  static let text = text(validating: true, testing: true)

  static func text(validating: Bool, testing: Bool) -> String {
    head + (validating ? validation : "") + (testing ? tests : "")
  }

  private static let head = """
    name: CI
    on:
      push:
      pull_request:
    permissions:
      contents: read
    jobs:
      test:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - name: Install airbyte-lowcode
            # The repository's variable AIRBYTE_LOWCODE_RELEASE is the address of a release's files.
            env:
              RELEASE: ${{ vars.AIRBYTE_LOWCODE_RELEASE }}
            run: |
              curl -fsSL "$RELEASE/install.sh" | sh -s -- --from "$RELEASE" --prefix "$HOME/.local"
              echo "$HOME/.local/bin" >> "$GITHUB_PATH"

    """

  private static let validation = """
          - name: Validate the manifest
            run: airbyte-lowcode validate --strict --format github manifest.yaml

    """

  private static let tests = """
          - name: Test the connector, without credentials
            run: airbyte-lowcode test --no-creds --junit

    """
}

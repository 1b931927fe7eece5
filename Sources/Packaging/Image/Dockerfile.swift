import JSON

/// A Dockerfile that makes the same image as ``ContainerImage``, by Docker and on Debian.
package enum Dockerfile {
  /// - Parameters:
  ///   - package: the connector; nil for the runtime alone. Its files are taken from the folder of the Dockerfile.
  ///   - hasPython: whether the image gets a Python for custom components, beside the place of the manifest.
  package static func text(package: Package?, hasPython: Bool = false, name: String, version: String) -> String {
    let contents = package.map { Self.copies(of: $0) } ?? ""
    let packages = hasPython ? "\(Self.packages) python3 python3-venv" : Self.packages
    let setup = hasPython ? "RUN airbyte-lowcode components setup --slim \(ImageLayout.manifestFolder)\n" : ""
    return """
      # The image that `airbyte-lowcode image` writes, made by Docker:
      #   docker build -t \(name):\(version) .
      # Beside this file stand \(package == nil ? "" : "the connector's files and ")the static executable (`make build STATIC=1`).
      ARG DEBIAN=bookworm-slim
      FROM debian:${DEBIAN}

      RUN apt-get update \\
       && apt-get install -y --no-install-recommends \\
          \(packages) \\
       && rm -rf /var/lib/apt/lists/* \\
       && groupadd --gid \(ImageLayout.user) airbyte \\
       && useradd --uid \(ImageLayout.user) --gid \(ImageLayout.user) --home-dir /airbyte --no-create-home airbyte \\
       && install -d -o airbyte -g airbyte /airbyte \(ImageLayout.workingFolder) \(ImageLayout.manifestFolder) \\
       && ln -s airbyte-lowcode /usr/local/bin/python \\
       && ln -s airbyte-lowcode /usr/local/bin/ddtrace-run
      COPY --chmod=755 airbyte-lowcode \(ImageLayout.program)
      \(setup)
      WORKDIR \(ImageLayout.workingFolder)
      \(contents)
      ENV AIRBYTE_ENTRYPOINT="\(ImageLayout.program)" SSL_CERT_FILE="\(ImageLayout.certificates)"
      ENTRYPOINT ["\(ImageLayout.program)"]
      LABEL io.airbyte.name="\(name)" io.airbyte.version="\(version)"
      USER \(ImageLayout.user)

      """
  }

  private static let packages = "ca-certificates libcurl4 libexpat1 libpcre2-8-0 libssl3 libstdc++6 libyaml-0-2 tzdata zlib1g"

  private static func copies(of package: Package) -> String {
    package.contents.map { path, _ in
      let words: JSONValue = [.string(path), .string("source_declarative_manifest/\(path)")]
      return "COPY --chown=\(ImageLayout.user):\(ImageLayout.user) \(words.jsonText)\n"
    }.joined()
  }
}

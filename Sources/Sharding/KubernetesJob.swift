import JSON

/// A Kubernetes Job that reads one part in each of its indices.
///
/// Index 0 divides the read before it reads its own part, the others wait for that. Whoever has read a part puts the states together, so
/// that the state is right at any time, also where indices failed. Everything is in a volume that the pods share.
package struct KubernetesJob: Sendable {
  /// The name of the Job, of the secret with the config and of the claim of the volume.
  package var name: String
  /// The image of the connector, which holds program and manifest.
  package var image: String
  package var parts: Int
  /// How many pods run at the same time.
  package var workers: Int
  /// What `shard` is given besides: streams, units.
  package var arguments: [String]
  /// The text of a configured catalog; nil for none.
  package var catalog: String?

  package init(name: String, image: String, parts: Int, workers: Int, arguments: [String] = [], catalog: String? = nil) {
    self.name = name
    self.image = image
    self.parts = parts
    self.workers = workers
    self.arguments = arguments
    self.catalog = catalog
  }

  /// How often a part is tried again after a failure that may pass.
  private static let retries = 4
  /// What trying again does not help with: a stream that is missing, a wrong command line, a config error.
  private static let finalStatuses = [3, 64, 78]

  /// Whether a text can be the name of a Job: a label of DNS, short enough for what Kubernetes adds.
  package static func isName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
    return (1...52).contains(bytes.count) && isLetter(bytes[0]) && isLetter(bytes[bytes.count - 1])
      && bytes.allSatisfy { isLetter($0) || $0 == 0x2D }
  }

  /// The Job, in YAML, after the catalog's ConfigMap if there is one.
  package var yaml: String { (catalog.map(configMap) ?? "") + job }

  private var job: String {
    """
    # Divides a read into \(parts) parts, and reads one in each index. It needs, in the same namespace,
    # - the config, which is in no file here:
    #     kubectl create secret generic \(name) --from-file=config.json
    # - a volume that all pods write to (ReadWriteMany), in a claim `\(name)`. It keeps state.json from run to run; the records are in
    #   RUN/outputs, where RUN is the uid of the Job.
    # Start it with `kubectl create -f`, once at a time: two Jobs would begin at the same state.
    apiVersion: batch/v1
    kind: Job
    metadata:
      generateName: \(name)-
      labels: {app.kubernetes.io/name: \(Self.quoted(name))}
    spec:
      completionMode: Indexed
      completions: \(parts)
      parallelism: \(workers)
      backoffLimitPerIndex: \(Self.retries)
      podFailurePolicy:
        rules:
          # Only somebody who changes the config or the manifest can help.
          - action: FailIndex
            onExitCodes: {operator: In, values: [\(Self.finalStatuses.map(String.init).joined(separator: ", "))]}
          # A node that goes away is nobody's failure.
          - action: Ignore
            onPodConditions: [{type: DisruptionTarget, status: "True"}]
      template:
        metadata:
          labels: {app.kubernetes.io/name: \(Self.quoted(name))}
        spec:
          restartPolicy: Never
          securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000}
          initContainers:
            - name: divide
    \(container(divide))
          containers:
            - name: read
    \(container(read))
          volumes:
            - name: config
              secret: {secretName: \(Self.quoted(name))}
            - name: data
              persistentVolumeClaim: {claimName: \(Self.quoted(name))}
    \(catalog == nil ? "" : "        - {name: catalog, configMap: {name: \(Self.quoted(name))}}\n")
    """
  }

  private func container(_ script: String) -> String {
    """
              image: \(Self.quoted(image))
              command: [/bin/sh, -c]
              args:
                - |
    \(Self.indented(script, by: 14))
              env:
                - {name: DATA, value: /data}
                - {name: CONFIG, value: /config/config.json}
    \(catalog == nil ? "" : "            - {name: CATALOG, value: /catalog/catalog.json}\n")\
                - name: RUN
                  valueFrom: {fieldRef: {fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']"}}
                - name: ATTEMPT
                  valueFrom: {fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"}}
              volumeMounts:
                - {name: config, mountPath: /config, readOnly: true}
                - {name: data, mountPath: /data}
    \(catalog == nil ? "" : "            - {name: catalog, mountPath: /catalog, readOnly: true}\n")
    """.droppingLastNewline
  }

  /// Without an index the folder counts for nothing, so that a run which was interrupted here divides anew.
  private var divide: String {
    let given = arguments.map(Self.shellWord).joined(separator: " ")
    return """
      set -eu
      cd "$DATA"
      mkdir -p "$RUN/outputs"
      if [ "$JOB_COMPLETION_INDEX" != 0 ]; then
        until [ -e "$RUN/parts/index.json" ]; do
          if [ -e "$RUN/failed" ]; then echo 'Index 0 could not divide the read.' >&2; exit 78; fi
          sleep 1
        done
        exit 0
      fi
      if [ -e "$RUN/parts/index.json" ]; then exit 0; fi
      if [ -e state.json ]; then cp state.json "$RUN/before.json"; else echo '[]' > "$RUN/before.json"; fi
      status=0
      airbyte-lowcode shard --config "$CONFIG"\(catalog == nil ? "" : " --catalog \"$CATALOG\"") --state "$RUN/before.json" \\
        --parts \(parts) --workers \(workers)\(given.isEmpty ? "" : " \(given)") -o "$RUN/parts" || status=$?
      case $status in
        0) ;;
        \(Self.finalStatuses.map(String.init).joined(separator: "|"))) touch "$RUN/failed" ;;
        *) if [ "${ATTEMPT:-0}" -ge \(Self.retries) ]; then touch "$RUN/failed"; fi ;;
      esac
      exit $status
      """
  }

  /// The last one to write the state has seen all that is done: it looks again whether something was added while it wrote.
  private var read: String {
    """
    set -eu
    cd "$DATA/$RUN"
    output="outputs/$JOB_COMPLETION_INDEX"
    attempt="${ATTEMPT:-0}"
    earlier=
    last=$attempt
    while [ "$last" -gt 0 ] && [ -z "$earlier" ]; do
      last=$((last - 1))
      if [ -s "$output.$last.jsonl" ]; then earlier="$output.$last.jsonl"; fi
    done
    airbyte-lowcode read --config "$CONFIG" --part parts ${earlier:+--state "$earlier"} > "$output.$attempt.jsonl"
    touch "$output.done"
    while
      set -- outputs/*.done
      seen=$#
      airbyte-lowcode state merge parts outputs --state before.json -o "$DATA/state.json" || exit $?
      set -- outputs/*.done
      [ $# != "$seen" ]
    do :; done
    """
  }

  private func configMap(_ catalog: String) -> String {
    """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: \(Self.quoted(name))
    data:
      catalog.json: \(Self.quoted(catalog))
    ---

    """
  }

  /// YAML takes JSON's strings.
  private static func quoted(_ text: String) -> String { JSONValue.string(text).jsonText }

  private static func indented(_ text: String, by spaces: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : String(repeating: " ", count: spaces) + $0 }.joined(separator: "\n")
  }

  /// A word of a shell's command line.
  private static func shellWord(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
          || "-_.,/:=".utf8.contains(byte)
      }
    return isPlain ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }
}

extension String {
  fileprivate var droppingLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}

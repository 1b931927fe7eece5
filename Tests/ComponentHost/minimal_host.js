#!/usr/bin/env node
// A component host without Python: one transformation and one authenticator, by docs/components-protocol.md.
"use strict";
const fs = require("fs");

// What build() gets is the manifest's definition and the config; what it returns is the component.
const classes = {
  Upper: () => ({ transform(record) { record.name = record.name.toUpperCase(); } }),
  Key: (definition, config) => ({ key: config[definition.field ?? "key"] }),
};

const built = new Map();
let config = {};
let secrets = [];

const operations = {
  hello(header) {
    config = header.config ?? {};
    return [{ protocol: 1, host: `node ${process.versions.node}`, pid: process.pid }];
  },
  build(header) {
    return [{ items: header.items.map((item) => {
      const name = item.definition.class_name.split(".").pop();
      if (!classes[name]) return { id: item.id, ok: false, error: describe(new Error(`there is no class ${name}`), "missing_class") };
      built.set(item.id, classes[name](item.definition, config));
      return { id: item.id, ok: true, class: name, mro: [name], flags: {}, provides: {} };
    }) }];
  },
  run(header, body) {
    const done = [];
    try {
      for (const record of JSON.parse(body)) {
        for (const step of header.steps) built.get(step.id).transform(record); // no other step is known here
        done.push(record);
      }
    } catch (error) {
      return [{ error: describe(error) }, JSON.stringify(done)]; // with what came before the error
    }
    return [{}, JSON.stringify(done)];
  },
  auth_options(header) {
    const { key } = built.get(header.id);
    secrets.push(key);
    return [{ headers: { "X-Key": key }, params: {}, body_data: {}, body_json: {} }];
  },
};

const describe = (error, kind = "exception") => ({ type: error.name, message: error.message, kind, traceback: error.stack });

function read(length) {
  const bytes = Buffer.alloc(length);
  for (let count = 0; count < length;) {
    const more = fs.readSync(3, bytes, count, length - count, null);
    if (more === 0) process.exit(0); // the runtime has ended
    count += more;
  }
  return bytes;
}

function write(bytes) {
  for (let count = 0; count < bytes.length;) count += fs.writeSync(4, bytes, count);
}

for (;;) {
  const prefix = read(8);
  const header = JSON.parse(read(prefix.readUInt32LE(0)));
  const body = read(prefix.readUInt32LE(4));
  if (header.op === "release") continue; // the one request that is not answered
  let result, output = "";
  try {
    if (!operations[header.op]) throw new Error(`there is no operation ${header.op}`);
    [result, output = ""] = operations[header.op](header, body);
  } catch (error) {
    result = { error: describe(error) };
  }
  const reply = Buffer.from(JSON.stringify({ n: header.n, ok: !result.error, ...result, ...(secrets.length ? { secrets } : {}) }));
  secrets = [];
  const content = Buffer.from(output);
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(reply.length, 0);
  lengths.writeUInt32LE(content.length, 4);
  write(Buffer.concat([lengths, reply, content]));
}

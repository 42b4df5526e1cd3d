"use strict";
const operations = require("./operations.cjs");

class ControlError extends Error {
  constructor(problem, status) {
    super(`${status} ${problem.title}: ${problem.detail}`);
    this.name = "ControlError";
    this.problem = problem;
    this.status = status;
  }
}

class ControlClient {
  #base;
  #key;

  constructor(baseUrl, { controlKey } = {}) {
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#key = controlKey;
  }

  async _send([method, path, inPath, inQuery, media], given) {
    const named = inPath.length + inQuery.length > 0 ? (given.shift() ?? {}) : {};
    const url = new URL(this.#base + path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(named[name])));
    for (const name of inQuery) {
      if (named[name] !== undefined && named[name] !== null) url.searchParams.set(name, String(named[name]));
    }
    const headers = {};
    if (this.#key !== undefined) headers["Authorization"] = `Bearer ${this.#key}`;
    let body;
    if (media !== null) {
      headers["Content-Type"] = media;
      body = media === "application/json" ? JSON.stringify(given[0]) : given[0];
    }
    const response = await fetch(url, { method, headers, body });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    if (response.ok) {
      if (response.status === 204) return undefined;
      const type = response.headers.get("Content-Type") ?? "";
      if (type.includes("json")) return JSON.parse(text);
      return type.startsWith("text/") ? text : bytes;
    }
    let problem;
    try {
      problem = JSON.parse(text);
    } catch {
      problem = { type: "about:blank", title: response.statusText, status: response.status, detail: text };
    }
    throw new ControlError(problem, response.status);
  }
}

for (const [name, operation] of Object.entries(operations)) {
  ControlClient.prototype[name] = function (...given) {
    return this._send(operation, given);
  };
}

module.exports = { ControlClient, ControlError };

// The same call in the words of other tools: curl, fetch, C#, Java, Python.

import { quoted } from "./api.js";

const text = (value) => JSON.stringify(String(value));

/** A text in C#, where braces and unusual letters need no other form than in JSON. */
const csharp = text;

/** A text in Java. JSON escapes are Java escapes. */
const java = text;

/** A text in Python. */
const python = text;

/**
 * Code for a call. `call` has `method`, `url`, `headers` (name and value) and `body`. A header whose value is made for each
 * call is an object with `env`, the name of the variable that holds it.
 */
export const LANGUAGES = {
  curl({ method, url, headers, body }) {
    const parts = ["curl -i"];
    if (method !== "GET") parts.push(`-X ${method}`);
    for (const [name, value] of headers) {
      parts.push(value.env ? `-H "${name}: ${value.before ?? ""}$${value.env}"` : `-H ${quoted(`${name}: ${value}`)}`);
    }
    if (body) parts.push(`--data-binary ${quoted(body)}`);
    return [...setup(headers, (name, command) => `${name}=$(${command})`), [...parts, quoted(url)].join(" \\\n  ")].join("\n");
  },

  fetch({ method, url, headers, body }) {
    const given = headers.map(([name, value]) => `    ${text(name)}: ${value.env ? `${value.before ? `${text(value.before)} + ` : ""}process.env.${value.env}` : text(value)},`);
    return [
      `const response = await fetch(${text(url)}, {`, `  method: ${text(method)},`, "  headers: {", ...given, "  },",
      ...(body ? [`  body: ${text(body)},`] : []), "});", "console.log(response.status, await response.text());",
    ].join("\n");
  },

  "C#"({ method, url, headers, body }) {
    const isContent = ([name]) => name.toLowerCase() === "content-type";
    const type = headers.find(isContent)?.[1] ?? "application/json";
    const given = headers.filter((header) => !isContent(header)).map(([name, value]) =>
      `request.Headers.TryAddWithoutValidation(${csharp(name)}, ${value.env ? `${value.before ? `${csharp(value.before)} + ` : ""}Environment.GetEnvironmentVariable(${csharp(value.env)})` : csharp(value)});`);
    return [
      "using System.Net.Http;", "using System.Text;", "", "using var client = new HttpClient();",
      `using var request = new HttpRequestMessage(new HttpMethod(${csharp(method)}), ${csharp(url)});`, ...given,
      ...(body ? [`request.Content = new StringContent(${csharp(body)}, Encoding.UTF8, ${csharp(type)});`] : []),
      "using var response = await client.SendAsync(request);",
      "Console.WriteLine($\"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}\");",
    ].join("\n");
  },

  Java({ method, url, headers, body }) {
    const given = headers.map(([name, value]) => `    .header(${java(name)}, ${value.env ? `${value.before ? `${java(value.before)} + ` : ""}System.getenv(${java(value.env)})` : java(value)})`);
    const publisher = body ? `HttpRequest.BodyPublishers.ofString(${java(body)})` : "HttpRequest.BodyPublishers.noBody()";
    return [
      "import java.net.URI;", "import java.net.http.*;", "", `HttpRequest request = HttpRequest.newBuilder(URI.create(${java(url)}))`,
      ...given, `    .method(${java(method)}, ${publisher})`, "    .build();",
      "HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());",
      "System.out.println(response.statusCode() + \" \" + response.body());",
    ].join("\n");
  },

  Python({ method, url, headers, body }) {
    const usesEnv = headers.some(([, value]) => value.env);
    const given = headers.map(([name, value]) => `    ${python(name)}: ${value.env ? `${value.before ? `${python(value.before)} + ` : ""}os.environ[${python(value.env)}]` : python(value)},`);
    return [
      ...(usesEnv ? ["import os"] : []), "import urllib.error", "import urllib.request", "", "request = urllib.request.Request(",
      `    ${python(url)},`, `    method=${python(method)},`, ...(body ? [`    data=${python(body)}.encode(),`] : []), ")",
      "for name, value in {", ...given, "}.items():", "    request.add_header(name, value)",
      "try:", "    response = urllib.request.urlopen(request)", "except urllib.error.HTTPError as error:", "    response = error",
      "print(response.status, response.read().decode())",
    ].join("\n");
  },
};

/** The commands that put what is made for each call into variables. */
function setup(headers, write) {
  return headers.filter(([, value]) => value.env && value.command).map(([, value]) => write(value.env, value.command));
}

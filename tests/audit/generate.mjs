// Types for the clients in client/, and their compilation: graphql-codegen's types are made from the operations,
// gql.tada's from the schema.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import * as types from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema, parse } from "graphql";

const [schemaFile, folder] = process.argv.slice(2);
const schema = buildSchema(readFileSync(schemaFile, "utf8"));
const location = "operations.graphql";
const document = parse(readFileSync(`${folder}/${location}`, "utf8"));
const config = { scalars: { Date: "string", DateTime: "string", Dong: "number", Position: "string" }, enumsAsTypes: true, useTypeImports: true, strictScalars: true };
const generate = async (filename, plugins) =>
  writeFileSync(
    `${folder}/generated/${filename}`,
    await codegen({
      schema: parse(readFileSync(schemaFile, "utf8")),
      schemaAst: schema,
      documents: [{ location, document }],
      filename,
      config,
      plugins: Object.keys(plugins).map((name) => ({ [name]: {} })),
      pluginMap: plugins,
    }),
  );

mkdirSync(`${folder}/generated`, { recursive: true });
await generate("schema.ts", { types });
await generate("graphql.ts", { operations, typedDocuments });
writeFileSync(
  `${folder}/generated/introspection.d.ts`,
  outputIntrospectionFile(minifyIntrospection(introspectionFromSchema(schema)), {
    fileType: ".d.ts",
    shouldPreprocess: true,
  }),
);

const compiled = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", folder, "--pretty", "false"],
  { encoding: "utf8" },
);
console.log(JSON.stringify({ ok: 2, error: compiled.stdout.split("\n").filter(Boolean) }));

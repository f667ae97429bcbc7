import * as z from "zod";
import { correctedTypes } from "./exceptions.ts";
import { definitionsIn, parseShapeType } from "./shape-type.ts";

/** Property name to type, in the notation of `parseShapeType`. */
export type Properties = Record<string, string>;

export interface GeneratedShapes {
  /** The Swagger file they come from. */
  readonly source: string;
  /** The paging envelope without its items: all collections of the file share it. */
  readonly collection: Properties;
  readonly definitions: Record<string, Properties>;
}

/** The definitions that an orchestration client gets. Those they refer to are added. */
const answered = [
  "ApiKeyResource",
  "ArtifactResource",
  "ChannelResource",
  "DefectResource",
  "DeploymentPreviewResource",
  "DeploymentProcessResource",
  "DeploymentResource",
  "DeploymentTargetResource",
  "DeploymentTemplateResource",
  "EnvironmentResource",
  "EventResource",
  "InterruptionResource",
  "LifecycleProgressionResource",
  "LifecycleResource",
  "MultiTenancyStatusResource",
  "ProgressionResource",
  "ProjectGroupResource",
  "ProjectResource",
  "ReleaseResource",
  "ReleaseTemplateResource",
  "RootResource",
  "ScopedUserRoleResource",
  "SpaceResource",
  "SpaceRootResource",
  "TagSetResource",
  "TaskDetailsResource",
  "TaskResource",
  "TeamMembership",
  "TeamResource",
  "TenantResource",
  "UserPermissionSetResource",
  "UserResource",
  "UserRoleResource",
  "VariableSetResource",
];

interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | undefined;
}

const Schema: z.ZodType<Schema> = z.object({
  $ref: z.string().optional(),
  type: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  get items() {
    return Schema.optional();
  },
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  get additionalProperties() {
    return Schema.optional();
  },
});

const Swagger = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  definitions: z.record(z.string(), Schema),
});

/**
 * The text of `shapes.json`: the definitions of an Octopus Server's answers, with names and types of their properties, from the text of its
 * Swagger file. The same file gives the same text. Throws on a type that the notation cannot express.
 */
export function generateShapes(swaggerText: string): string {
  const { info, definitions } = Swagger.parse(JSON.parse(swaggerText.replace(/^\uFEFF/, "")));
  for (const path of Object.keys(correctedTypes)) requireProperty(path, definitions);
  const shapes: GeneratedShapes = {
    source: `${info.title} ${info.version}`,
    collection: collectionEnvelope(definitions),
    definitions: closureOf(answered, definitions),
  };
  return `${JSON.stringify(shapes, undefined, 2)}\n`;
}

/** A correction of a property that the file does not have is a mistake, or outdated. */
function requireProperty(path: string, definitions: Readonly<Record<string, Schema>>): void {
  const [definition = "", property = ""] = path.split(".");
  if (definitions[definition]?.properties?.[property] === undefined) {
    throw new Error(`There is no ${path} in the Swagger file to correct.`);
  }
}

function collectionEnvelope(definitions: Readonly<Record<string, Schema>>): Properties {
  const envelopes = Object.entries(definitions)
    .filter(([name]) => name.startsWith("ResourceCollection_of_"))
    .map(([name, schema]) => {
      const { Items: _items, ...envelope } = propertiesOf(name, schema);
      return JSON.stringify(envelope);
    });
  const [envelope, ...others] = new Set(envelopes);
  if (envelope === undefined || others.length > 0) throw new Error("The collections no longer share one envelope.");
  return z.record(z.string(), z.string()).parse(JSON.parse(envelope));
}

function closureOf(
  names: readonly string[],
  definitions: Readonly<Record<string, Schema>>,
): Record<string, Properties> {
  const found = new Map<string, Properties>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (found.has(name)) continue;
    const schema = definitions[name];
    if (schema === undefined) throw new Error(`The Swagger file does not define ${name}.`);
    const properties = propertiesOf(name, schema);
    found.set(name, properties);
    wanted.push(...Object.values(properties).flatMap((type) => definitionsIn(parseShapeType(type))));
  }
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function propertiesOf(definition: string, schema: Schema): Properties {
  const properties = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    properties.map(([name, type]) => {
      const path = `${definition}.${name}`;
      return [name, correctedTypes[path]?.type ?? typeOf(path, type)];
    }),
  );
}

function typeOf(path: string, schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/definitions/", "");
  if (schema.type === "array" && schema.items !== undefined) return `${typeOf(path, schema.items)}[]`;
  if (schema.type === "object") return objectOf(path, schema);
  if (schema.type === "string") return stringOf(path, schema);
  if (schema.type === "integer" || schema.type === "boolean") return schema.type;
  throw new Error(`${path} has the type ${schema.type}, which the notation cannot say.`);
}

function objectOf(path: string, schema: Schema): string {
  if (schema.additionalProperties !== undefined) return `{${typeOf(path, schema.additionalProperties)}}`;
  if (schema.properties === undefined) return "any";
  throw new Error(`${path} lists its keys in place: name it in correctedTypes and say why.`);
}

function stringOf(path: string, schema: Schema): string {
  if (schema.enum !== undefined) return `<${schema.enum.join("|")}>`;
  if (schema.format === undefined) return "string";
  if (schema.format === "date-time" || schema.format === "uuid") return schema.format;
  throw new Error(`${path} has the format ${schema.format}, which the notation cannot say.`);
}

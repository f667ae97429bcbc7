import { definitionShape } from "./shape-table.ts";
import type { Primitive, ShapeType } from "./shape-type.ts";

const samples: Readonly<Record<Primitive, unknown>> = {
  any: [1],
  boolean: false,
  "date-time": "2026-02-10T23:01:26.205+00:00",
  integer: 1,
  string: "text",
  uuid: "9f155416-5d9e-4e19-ba58-b710d4edf336",
};

/** An answer with every property of a definition, newer ones included. Arrays are empty. */
export function sampleOf(name: string): Readonly<Record<string, unknown>> {
  if (name === "Control") return { Type: "Paragraph", Text: "Check", ResolveLinks: false };
  if (name === "ResourceCollection_of_EnvironmentResource")
    return pageOf("EnvironmentResource", { skip: 0, take: 10, total: 0 });
  const properties = definitionShape(name, "current")?.properties ?? [];
  const sample = Object.fromEntries([...properties].map(([property, { type }]) => [property, sampleOfType(type)]));
  return name === "EnvironmentsV2Response" ? { ...sample, LastPageNumber: 0 } : sample;
}

export interface Page extends Readonly<Record<string, unknown>> {
  readonly Items: readonly Readonly<Record<string, unknown>>[];
  readonly Links: Readonly<Record<string, string>>;
}

export interface Place {
  readonly skip: number;
  readonly take: number;
  readonly total: number;
}

/** The page of a list of sample documents that a server answers to `skip` and `take`. */
export function pageOf(item: string, { skip, take, total }: Place): Page {
  const pages = take === 0 ? 1 : Math.max(1, Math.ceil(total / take));
  const at = (start: number): string => `/api/Spaces-1/things?skip=${start}&take=${take}`;
  return {
    ItemType: item === "DeploymentTargetResource" ? "Machine" : item.replace("Resource", ""),
    TotalResults: total,
    ItemsPerPage: take,
    NumberOfPages: pages,
    LastPageNumber: pages - 1,
    Items: Array.from({ length: Math.min(take, Math.max(0, total - skip)) }, () => sampleOf(item)),
    Links: {
      Self: at(skip),
      Template: "/api/Spaces-1/things{?skip,take}",
      "Page.All": "/api/Spaces-1/things?skip=0&take=2147483647",
      "Page.Current": at(skip),
      "Page.Last": at((pages - 1) * take),
      ...(take > 0 && skip + take < total ? { "Page.Next": at(skip + take) } : {}),
      ...(take > 0 && skip > 0 ? { "Page.Previous": at(Math.max(0, skip - take)) } : {}),
    },
  };
}

function sampleOfType(type: ShapeType): unknown {
  switch (type.kind) {
    case "primitive":
      return samples[type.name];
    case "words":
      return [...type.words][0];
    case "definition":
      return sampleOf(type.name);
    case "array":
      return [];
    case "dictionary":
      return { key: sampleOfType(type.of) };
    case "either":
      return type.of.map(sampleOfType)[0];
  }
}

import type { Deployment, ServerTask } from "../documents/execution.ts";
import type { State } from "../state.ts";
import { fits, Script } from "./script.ts";

/** The scripts by which deployments go, in the order they were added. The newest that matches applies. */
export interface ScriptBook {
  add(script: Script): void;
  clear(): void;
  list(): readonly Script[];
  /** The script of a new deployment; counts it against the script's `times`. */
  take(task: ServerTask, deployment: Deployment): Script;
}

export function createScriptBook(state: State): ScriptBook {
  const entries: { readonly script: Script; left: number }[] = [];
  return {
    add: (script) => {
      entries.push({ script, left: script.times ?? Infinity });
    },
    clear: () => {
      entries.length = 0;
    },
    list: () => entries.map(({ script }) => script),
    take: (task, deployment) => {
      const subject = {
        space: namesOf(state.spaces.get(task.spaceId)),
        project: namesOf(state.projects.get(deployment.projectId)),
        environment: namesOf(state.environments.get(deployment.environmentId)),
        tenant: namesOf(state.tenants.get(deployment.tenantId ?? "")),
        version: state.history.releases.get(deployment.releaseId)?.version ?? "",
      };
      const entry = entries.findLast(({ script, left }) => left > 0 && fits(script, subject));
      if (entry === undefined) return Script.parse({});
      entry.left -= 1;
      return entry.script;
    },
  };
}

interface NamedDocument {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

function namesOf(document: NamedDocument | undefined): readonly string[] {
  return document === undefined ? [] : [document.id, document.name, document.slug];
}

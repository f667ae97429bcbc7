import type { Scene } from "./measure.ts";
import { busyProject, componentList, currentProject, manyTenants, trainWorld } from "./worlds.ts";

/** The budget of a run. A figure without a limit is only printed. */
export interface Budget {
  readonly requests?: number;
  readonly roundTrips?: number;
  readonly bytes?: number;
  readonly atOnce?: number;
  /** Megabytes above what a run for one child may take; default 0. */
  readonly extraMemory?: number;
}

/** A row of the table. */
export interface RowPlan {
  readonly what: string;
  readonly scene: Scene;
  readonly budget: Budget;
  /** How the run has to end; otherwise its figures mean nothing. */
  readonly outcome: string;
  /** Seconds that the children take together. If given, requests are counted to the end of the run. */
  readonly lasts?: number;
  /** Left out of the quick table. */
  readonly slow?: boolean;
}

const whatIf = { "ChildProject.WhatIf.Value": "Yes" };

const small = () => busyProject({ deployed: 5 });
const large = () => busyProject({ deployed: 10_000 });

/** Answers are delayed as from a remote server, to tell parallel requests from a chain. */
const delay = 50;

/** Bytes that a run may read. @param what the history, and how much of it has to be read */
export function bytesBudget({ lists, matching = 0, past = 0 }: BytesQuestion): number {
  return (lists === "short" ? 75_000 : 150_000) + 12_000 * matching + 1_500 * past;
}

/** Megabytes at the peak: newer majors of Node.js take more with nothing to do. */
export function memoryBudget({ extraMemory = 0 }: Budget, version = process.versions.node): number {
  return (Number.parseInt(version, 10) >= 22 ? 100 : 85) + extraMemory;
}

interface BytesQuestion {
  /** Whether the lists of deployments have more than one page. */
  readonly lists: "short" | "full";
  /** Releases whose version begins with the literal prefix of the pattern. */
  readonly matching?: number;
  /** Deployments that have to be read before the wanted one, each list once. */
  readonly past?: number;
}

/**
 * If no approval is found, two requests check whether the key could see one: without that permission a release other than the approved one might be
 * deployed. So the check comes before the deployment is created.
 */
const sight = 2;

/** A run for several children reads the freezes at its start and at its end, for all children together. */
const freezesAhead = 2;

/** Megabytes that a train of 16 may take above a run for one child. */
const trainMemory = 20;

/** Bytes of an approval: the intervention with its instructions, and the plan. */
const approvalBytes = 12_000;

/** Five deployments in the destination and six in the source, of which only the newest matter. */
const short = bytesBudget({ lists: "short", past: 9 });
const full = bytesBudget({ lists: "full" });

export const rowPlans: readonly RowPlan[] = [
  {
    what: "small history",
    scene: { world: small, delay },
    budget: { requests: 17 + sight, roundTrips: 9, bytes: short },
    outcome: "Deployed",
  },
  {
    what: "behind 10,000 deployments",
    scene: { world: large, delay },
    budget: { requests: 19 + sight, roundTrips: 10, bytes: full },
    outcome: "Deployed",
  },
  {
    what: "approved plan in the same deployment",
    scene: { world: small, approved: "same deployment", delay },
    // No permissions are read before the deployment is created; three requests read the approval and its plan.
    budget: { requests: 19, bytes: short + approvalBytes },
    outcome: "Deployed",
  },
  {
    what: "approval environment",
    scene: {
      world: small,
      approved: "approval environment",
      parameters: { "ChildProject.ManualIntervention.EnvironmentToUse": "Staging Approval" },
      delay,
    },
    budget: { requests: 21, bytes: short + approvalBytes },
    outcome: "Deployed",
  },
  {
    what: "current already",
    scene: { world: currentProject, delay },
    // Ten, the search for an approved plan, and the template that says that the release may be deployed.
    budget: { requests: 12, roundTrips: 7, bytes: short },
    outcome: "Skipped",
  },
  {
    what: "one tenant of 500",
    scene: { world: manyTenants, parameters: { "ChildProject.Tenant.Name": "Tenant 250" }, delay },
    // As many as behind 10,000 deployments, and two for the tenant. The bytes are today's figure, not an aim.
    budget: { requests: 21 + sight, bytes: 250_000 },
    outcome: "Deployed",
    slow: true,
  },
  {
    what: "exact version, 80 deployments deep",
    scene: { world: large, parameters: { "ChildProject.Release.Number": "1.0.9920" }, delay },
    // 80 deployments of the source are read with the rest of their page, and the tasks that ended since.
    budget: { requests: 26, bytes: bytesBudget({ lists: "full", matching: 1, past: 200 }) },
    outcome: "Deployed",
  },
  ...[1, 5].map((refused): RowPlan => ({
    what: `${refused} refused by the server`,
    slow: refused > 1,
    scene: { world: () => busyProject({ deployed: 10_000, refused }), delay },
    // One more request tells which releases have a defect; more than five candidates take two.
    budget: {
      requests: 19 + sight + refused + (refused < 5 ? 1 : 4),
      bytes: bytesBudget({ lists: "full", matching: 2 * refused + 3, past: 2 * refused }),
    },
    outcome: "Deployed",
  })),
  ...(
    [
      ["9.*", 0],
      ["1.0.99*-none", 111],
    ] as const
  ).map(([pattern, matching]): RowPlan => ({
    what: `${pattern} matches nothing in 10,000`,
    slow: matching > 0,
    scene: {
      world: large,
      parameters: {
        "ChildProject.Release.Number": pattern,
        "ChildProject.Release.NotFoundError": "Skip",
      },
      delay,
    },
    // If nothing is found, the permissions to see the source and an approved plan are read.
    budget: {
      requests: 12 + 2 + Math.max(0, Math.ceil(matching / 100) - 1),
      bytes: bytesBudget({ lists: "full", matching }),
    },
    outcome: "Skipped",
  })),
  {
    what: "untenanted, behind 20,000 of 500 tenants",
    scene: { world: manyTenants },
    budget: { bytes: bytesBudget({ lists: "full", past: 60_000 }), extraMemory: 35 },
    outcome: "Deployed",
    slow: true,
  },
  {
    what: "plan, small history",
    scene: { world: small, parameters: whatIf, delay },
    budget: { requests: 17, roundTrips: 7, bytes: short },
    outcome: "WhatIf",
  },
  {
    what: "plan, behind 10,000 deployments",
    slow: true,
    scene: { world: large, parameters: whatIf, delay },
    budget: { requests: 19, roundTrips: 8, bytes: full },
    outcome: "WhatIf",
  },
  trainPlan(4, 8),
  trainPlan(16, 8),
  trainPlan(16, 40),
  {
    what: "train of 16 at once, 30 minutes",
    scene: {
      world: () => trainWorld({ children: 16, deployed: 8, duration: "30m" }),
      parameters: {
        "ChildProject.Project.Name": componentList(16, 16),
        "ChildProject.Parallel.Limit": "0",
      },
    },
    budget: { requests: 449, atOnce: 12, extraMemory: trainMemory },
    outcome: "Deployed",
    lasts: 1_800,
  },
  {
    what: "train of 16 in four levels, 30 minutes",
    scene: { world: () => trainWorld({ children: 16, deployed: 8, duration: "450s" }), parameters: trainOf(16) },
    budget: { requests: 449, atOnce: 12, extraMemory: trainMemory },
    outcome: "Deployed",
    lasts: 1_800,
    slow: true,
  },
  ...[5, 60, 600, 1_740].map((lasts): RowPlan => ({
    what: `a child that takes ${lasts} s`,
    scene: { world: () => busyProject({ deployed: 8, duration: `${lasts}s` }) },
    budget: { requests: 249 },
    outcome: "Deployed",
    lasts,
    slow: true,
  })),
];

/** The plan of several children. Each further child may cost eight requests up to its plan, or ten with full lists. */
function trainPlan(children: number, deployed: number): RowPlan {
  const isFull = deployed > 30;
  const [first, further] = isFull ? [19, 10] : [17, 8];
  const bytes = isFull ? full : short;
  return {
    what: `plan, train of ${children}${isFull ? " with full lists" : ""}`,
    scene: {
      world: () => trainWorld({ children, deployed }),
      parameters: { ...trainOf(children), ...whatIf },
      // On a busy machine it takes a while to send so many parallel requests.
      delay: 4 * delay,
    },
    budget: {
      requests: first + further * (children - 1) + freezesAhead,
      roundTrips: 20,
      bytes: bytes * children,
      atOnce: 12,
      extraMemory: trainMemory,
    },
    outcome: "WhatIf",
    slow: isFull,
  };
}

function trainOf(children: number) {
  return { "ChildProject.Project.Name": componentList(children) };
}

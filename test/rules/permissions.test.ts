import { expect, test } from "vitest";
import { asId, type PermissionGrant } from "../../src/model.ts";
import { missingPermission } from "../../src/rules/permissions.ts";

const project = { id: asId<"Project">("Projects-1"), projectGroupId: asId<"ProjectGroup">("ProjectGroups-1") };
const environmentIds = [asId<"Environment">("Environments-1"), asId<"Environment">("Environments-2")];

function grant(permission: string, restriction: Partial<PermissionGrant> = {}): PermissionGrant {
  return { permission, projectIds: [], projectGroupIds: [], environmentIds: [], tenantIds: [], ...restriction };
}

test.each([
  { rule: "no grants: the first needed permission is missing", grants: [], missing: "TaskView" },
  {
    rule: "granted everywhere: none is missing",
    grants: [grant("TaskView"), grant("DeploymentView")],
    missing: undefined,
  },
  { rule: "one of two is missing", grants: [grant("TaskView")], missing: "DeploymentView" },
  {
    rule: "granted for this project and both environments: none is missing",
    grants: [grant("TaskView", { projectIds: [project.id], environmentIds }), grant("DeploymentView")],
    missing: undefined,
  },
  {
    rule: "granted for one of two environments is missing",
    grants: [grant("TaskView", { environmentIds: environmentIds.slice(1) }), grant("DeploymentView")],
    missing: "TaskView",
  },
  {
    rule: "two grants together cover both environments",
    grants: [
      ...environmentIds.map((environmentId) => grant("TaskView", { environmentIds: [environmentId] })),
      grant("DeploymentView"),
    ],
    missing: undefined,
  },
  {
    rule: "granted for another project is missing",
    grants: [grant("TaskView", { projectIds: [asId<"Project">("Projects-2")] }), grant("DeploymentView")],
    missing: "TaskView",
  },
  {
    rule: "granted for the project's group: none is missing",
    grants: [grant("TaskView", { projectGroupIds: [project.projectGroupId] }), grant("DeploymentView")],
    missing: undefined,
  },
  {
    rule: "granted for this tenant among others: none is missing",
    tenantId: asId<"Tenant">("Tenants-1"),
    grants: [grant("TaskView", { tenantIds: [asId("Tenants-2"), asId("Tenants-1")] }), grant("DeploymentView")],
    missing: undefined,
  },
  {
    rule: "granted for other tenants is missing",
    tenantId: asId<"Tenant">("Tenants-1"),
    grants: [grant("TaskView", { tenantIds: [asId("Tenants-2")] }), grant("DeploymentView")],
    missing: "TaskView",
  },
  {
    rule: "granted for some tenants only is missing for an untenanted deployment",
    grants: [grant("TaskView", { tenantIds: [asId<"Tenant">("Tenants-1")] }), grant("DeploymentView")],
    missing: "TaskView",
  },
] as const)("$rule", ({ grants, missing, ...place }) => {
  const found = missingPermission(["TaskView", "DeploymentView"], { project, environmentIds, ...place }, grants);

  expect(found).toBe(missing);
});

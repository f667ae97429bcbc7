import { choiceField, textField } from "./parameter-fields.ts";

/** The fields for guided failures, retries and deployment freezes. */
export const failureFields = [
  choiceField("GuidedFailure.Mode", {
    label: "Guided failure: mode",
    perChild: "guided failure",
    options: { Default: "Default: as the child project and environment say", On: "On", Off: "Off" },
    help: "*Optional.* Whether the child deployment uses guided failure. Default: as the child project and environment say.",
  }),
  choiceField("GuidedFailure.Response", {
    label: "Guided failure: response",
    perChild: "guided failure response",
    options: {
      Wait: "Wait: let a person answer",
      Retry: "Retry: retry, then fail",
      Ignore: "Ignore: ignore the failure",
      Fail: "Fail: fail the deployment",
    },
    help: "*Optional.* What the step answers when the child deployment asks for guidance after a failure. Default: Wait.",
  }),
  textField("GuidedFailure.Retries", {
    label: "Guided failure: retries",
    perChild: "guided failure retries",
    defaultValue: "1",
    help: "*Optional.* How often the step answers Retry before it answers Fail. Default: 1.",
  }),
  textField("Deployment.Retries", {
    label: "Retry a failed deployment (times)",
    perChild: "retries",
    defaultValue: "0",
    help: "*Optional.* How often a failed child deployment is deployed again. Aborted, cancelled and superseded deployments are never retried. Default: 0.",
  }),
  textField("Freeze.OverrideReason", {
    label: "Deployment freeze: override reason",
    help: "*Optional.* **Caution:** while this is filled in, every active freeze is overridden, and this reason is recorded. Bind a prompted variable. Needs the permission to override freezes. Default: blank, a freeze stops the step.",
  }),
] as const;

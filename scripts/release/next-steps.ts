import { libraryFile } from "./library-rules.ts";
import type { ReleasePlan } from "./plan-release.ts";

/** The manual steps after `npm run release`, with the text of the pull request in the community library. */
export function nextSteps(plan: ReleasePlan, { file, name, sha256 }: { file: string; name: string; sha256: string }) {
  const { version, entries, manifest } = plan;
  const { repository, stepTemplate } = manifest;
  const isNew = stepTemplate.version === 1;
  const pages = `${repository}/blob/v${version}/.github`;
  return `Release ${version} is prepared, as Version ${stepTemplate.version} of the step template. Nothing is committed yet.

1. Read what has changed: git diff
2. Commit it, tag it and push both:
   git commit --all --message "chore: release ${version}"
   git tag v${version}
   git push --atomic origin HEAD v${version}
3. In a fork of OctopusDeploy/Library, on a new branch, ${isNew ? "add" : "replace"} the template's file:
   cp "${file}" step-templates/${libraryFile(name)}
   npm install && npx gulp lint:step-templates
   git add step-templates && git commit --message "${isNew ? "Add" : "Update"} ${name}"
4. Push the branch and open a pull request with this text:

# Background

${name} ${version}. Sources: ${repository}/tree/v${version}

# Results

${withWholeLinks(entries, pages)}

# How to verify

The script carries a compressed program. It is built from the sources above: git checkout v${version}, npm ci, npm run build.
SHA-256 of the program: ${sha256}
${pages}/LIBRARY.md says how to read and check it.

# Pre-requisites

- [x] \`Id\` is a GUID of its own${isNew ? "" : " and has not changed"}
- [x] \`Version\` is ${stepTemplate.version}
- [x] Parameter names are prefixed and do not start with \`$\`
- [x] \`LastModifiedBy\` is ${stepTemplate.lastModifiedBy}
- [x] The \`Category\` exists
`;
}

/** Relative links of a page, which do not work outside of the repository, become absolute. */
function withWholeLinks(markdown: string, folder: string): string {
  return markdown.replace(/\]\((?!https:)/g, `](${folder}/`);
}

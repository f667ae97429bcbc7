// The file behind semver's public `compareIdentifiers`, which comes without the rest of semver. Its types are published for the root only.
declare module "semver/internal/identifiers.js" {
  export { compareIdentifiers } from "semver";
}

// The CommonJS build is the file that `require("axios")` gives the api-client. axios publishes no types for this path, only for its root.
declare module "axios/dist/node/axios.cjs" {
  // oxlint-disable-next-line no-restricted-imports -- types only, so no second instance
  import type { AxiosStatic } from "axios";
  const axios: AxiosStatic;
  export default axios;
  // oxlint-disable-next-line no-restricted-imports -- types only, so no second instance
  export type { AxiosResponse, InternalAxiosRequestConfig } from "axios";
}

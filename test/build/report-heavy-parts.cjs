// Preloaded into a Node.js process: prints at exit whether the program made Node.js load its fetch, or the tables of languages and time zones.
const { DateTimeFormat } = Intl;
let zones = false;
Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
  construct(target, args) {
    zones = true;
    return Reflect.construct(target, args);
  },
});
process.on("exit", () => {
  const fetch = process.moduleLoadList.some((name) => name.includes("undici"));
  process.stdout.write(`heavy parts: ${JSON.stringify({ fetch, zones })}\n`);
});

import type { Switches } from "../switches.ts";
import { tooManyRequests } from "./refusal.ts";

/** A token bucket per user (docs rate-limiting): full at the start, refilled evenly, one token per request. */
export interface RateLimit {
  /** Takes a token; throws the 429 when there is none. */
  take(userId: string, now: number, switches: Switches): void;
}

export function createRateLimit(): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (userId, now, { rateLimitPerMinute: limit, rateLimitRetryAfter }) => {
      if (limit === 0) return;
      const bucket = buckets.get(userId) ?? { tokens: limit, at: now };
      const refilled = Math.min(limit, bucket.tokens + ((now - bucket.at) * limit) / 60_000);
      if (refilled < 1) {
        buckets.set(userId, { tokens: refilled, at: now });
        const wait = Math.ceil(((1 - refilled) * 60) / limit);
        throw tooManyRequests({
          "Octopus-RateLimit-Policy": `"authenticated";q=${limit};w=60`,
          "Octopus-RateLimit": `"authenticated";r=0;t=${wait}`,
          ...(rateLimitRetryAfter ? { "Retry-After": String(wait) } : {}),
        });
      }
      buckets.set(userId, { tokens: refilled - 1, at: now });
    },
  };
}

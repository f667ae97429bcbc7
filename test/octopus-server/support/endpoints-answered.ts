/** What a test file asked and was answered with success or a reasoned refusal (400), e.g. `GET projects/{id}`. Emptied for each file. */
export const answered = new Set<string>();

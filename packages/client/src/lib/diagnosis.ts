export function explainMissingCookie(): void {}

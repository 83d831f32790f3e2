/** Primes that identify keys of the faulty generator, with an error of about 2^-27 (CVE-2017-15361). */
const primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] as const

/** For each prime the residues that powers of 65537 can leave. */
const residues = primes.map((prime) => {
  const found = new Set<number>()
  for (let power = 1; !found.has(power); power = (power * 65537) % prime) found.add(power)
  return { prime: BigInt(prime), found }
})

/** Whether an RSA modulus was made by the generator whose keys can be factored. */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return residues.every(({ prime, found }) => found.has(Number(modulus % prime)))
}

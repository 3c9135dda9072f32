//! An order in which each function is similar to the one before it.

use std::collections::HashMap;

use wasmparser::FunctionBody;

/// Octets of code that are compared as one.
const WINDOW: usize = 5;
/// Maximum number of hashes that stand for a function (a `MinHash` sketch).
const HASHES: usize = 64;

/// Orders functions, given by their positions: after each comes the one that shares the most code
/// with it, or the first that is left if none shares any.
pub fn order(bodies: &[FunctionBody<'_>], functions: &[usize]) -> Vec<usize> {
    let sketches: HashMap<usize, Vec<u32>> = functions
        .iter()
        .map(|function| (*function, sketch(bodies[*function].as_bytes())))
        .collect();
    let mut left: HashMap<u32, Vec<usize>> = HashMap::new();
    for function in functions {
        for hash in &sketches[function] {
            left.entry(*hash).or_default().push(*function);
        }
    }
    let mut is_placed = vec![false; bodies.len()];
    let mut order = Vec::with_capacity(functions.len());
    for first in functions {
        let mut next = (!is_placed[*first]).then_some(*first);
        while let Some(function) = next {
            is_placed[function] = true;
            order.push(function);
            let mut shared: HashMap<usize, usize> = HashMap::new();
            for hash in &sketches[&function] {
                let others = left.entry(*hash).or_default();
                others.retain(|other| !is_placed[*other]);
                for other in others {
                    *shared.entry(*other).or_default() += 1;
                }
            }
            let hashes = sketches[&function].len();
            // Of equally similar ones the first, so that the same input gives the same output.
            next = shared
                .into_iter()
                .map(|(other, shared)| {
                    let all = hashes + sketches[&other].len() - shared;
                    (shared * HASHES * HASHES / all, std::cmp::Reverse(other))
                })
                .max()
                .map(|(_, other)| other.0);
        }
    }
    order
}

/// Returns the smallest hashes of the windows of a function's code. Similar functions have many of
/// them in common.
fn sketch(code: &[u8]) -> Vec<u32> {
    let mut hashes: Vec<u32> = code.windows(WINDOW).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(HASHES);
    hashes
}

/// FNV-1a, with its bits mixed.
fn hash(window: &[u8]) -> u32 {
    let hash = window.iter().fold(0x811c_9dc5, |hash: u32, octet| {
        (hash ^ u32::from(*octet)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 15)).wrapping_mul(0x9e37_79b1)
}

//! What an account has, as numbers and digests: small enough to be signed, sharp enough to find the
//! few things in which two sides differ.
//!
//! Every item has a key and a content hash. Items fall into buckets by the first bits of their key's
//! hash; a bucket holds how many they are and the *sum* of their lines' hashes modulo 2^256, so that
//! pages may come in any order and nothing but the buckets is held. A loss or a change by accident goes
//! unnoticed with a chance of 2^-256. Whoever makes up the items could search for two sets with one
//! sum; that is the source alone, and it signs the outcome: it can state what it likes about itself
//! without searching.

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{
    canonical,
    digest::Digest,
    id::ItemKey,
    item::{Item, ItemKind},
    moment::Moment,
};

/// Items of a bucket, about.
const BUCKET_ITEMS: u64 = 256;
/// Most bits that choose a bucket: 16,384 buckets are good for four million items of a kind.
pub const MOST_BITS: u8 = 14;
/// Longest key an inventory may list, in bytes.
pub const LONGEST_KEY: usize = 4096;

/// The hash of what an item is: its model as canonical JSON.
///
/// Left out is what may differ without the item being another: numbers of what others did with it,
/// and where the bytes of a file are read.
pub fn content_hash(item: &Item) -> Digest {
    hash_of(item)
}

/// As [`content_hash`], of an item's JSON.
pub fn content_hash_of(value: &Value) -> Digest {
    hash_of(value)
}

fn hash_of(something: &impl Serialize) -> Digest {
    Digest::of(canonical::text_of(something, &["tallies", "fetch_url"]).as_bytes())
}

/// The content hash of something that cannot be read even where it lies.
pub fn unreadable() -> Digest {
    Digest::of(b"unreadable")
}

/// How many bits choose the bucket where there are about `count` items.
pub fn bits_for(count: u64) -> u8 {
    (0..MOST_BITS).find(|bits| count >> bits <= BUCKET_ITEMS).unwrap_or(MOST_BITS)
}

/// The number of the bucket a key falls into.
pub fn bucket_of(key: &ItemKey, bits: u8) -> u32 {
    let place = Digest::of(key.as_str().as_bytes()).start();
    place
        .checked_shr(u32::from(64 - bits.min(MOST_BITS)))
        .and_then(|place| u32::try_from(place).ok())
        .unwrap_or(0)
}

/// One line of a list of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// The item's key.
    #[schema(value_type = String)]
    pub key: ItemKey,
    /// Its content hash.
    #[schema(value_type = String)]
    pub content: Digest,
}

impl Entry {
    /// The line of an item.
    pub fn of(item: &Item) -> Self {
        Self { key: item.key(), content: content_hash(item) }
    }

    fn hash(&self, kind: ItemKind) -> Digest {
        let key = Digest::of(self.key.as_str().as_bytes());
        Digest::of(format!("godwit item\n{}\n{key}\n{}\n", kind.as_str(), self.content).as_bytes())
    }
}

/// The items whose keys begin alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Bucket {
    /// How many.
    pub count: u64,
    /// The sum of their lines' hashes.
    #[schema(value_type = String)]
    pub digest: Digest,
}

/// All buckets of a kind that hold something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tally {
    /// How many bits of a key's hash choose the bucket.
    pub bits: u8,
    /// The buckets by number.
    pub buckets: BTreeMap<u32, Bucket>,
}

impl Tally {
    /// An empty one.
    pub fn new(bits: u8) -> Self {
        Self { bits, buckets: BTreeMap::new() }
    }

    /// An empty one, good for about `count` items.
    pub fn for_about(count: u64) -> Self {
        Self::new(bits_for(count))
    }

    /// Counts an item.
    pub fn add(&mut self, kind: ItemKind, entry: &Entry) {
        let bucket = self.buckets.entry(bucket_of(&entry.key, self.bits)).or_default();
        bucket.count += 1;
        bucket.digest = bucket.digest.plus(entry.hash(kind));
    }

    /// Counts everything another one with as many bits has counted.
    pub fn add_all(&mut self, other: &Self) {
        for (number, more) in &other.buckets {
            let bucket = self.buckets.entry(*number).or_default();
            bucket.count = bucket.count.saturating_add(more.count);
            bucket.digest = bucket.digest.plus(more.digest);
        }
    }

    /// Everything in one line.
    pub fn total(&self) -> KindInventory {
        let mut lines = format!("godwit buckets\n{}\n", self.bits);
        for (number, bucket) in &self.buckets {
            let _infallible = writeln!(lines, "{number}:{}:{}", bucket.count, bucket.digest);
        }
        KindInventory {
            count: self.buckets.values().fold(0, |sum: u64, bucket| sum.saturating_add(bucket.count)),
            bits: self.bits,
            digest: Digest::of(lines.as_bytes()),
        }
    }

    /// The same items in fewer, larger buckets; as it is where `bits` are not fewer.
    #[must_use]
    pub fn folded(&self, bits: u8) -> Self {
        let Some(less) = self.bits.checked_sub(bits) else { return self.clone() };
        let mut folded = Self { bits, buckets: BTreeMap::new() };
        for (number, bucket) in &self.buckets {
            let wide = folded.buckets.entry(number.checked_shr(u32::from(less)).unwrap_or(0)).or_default();
            wide.count = wide.count.saturating_add(bucket.count);
            wide.digest = wide.digest.plus(bucket.digest);
        }
        folded
    }

    /// The buckets in which the two differ, by the number of bits both have.
    pub fn differing(&self, other: &Self) -> (u8, Vec<u32>) {
        let bits = self.bits.min(other.bits);
        let (mine, theirs) = (self.folded(bits), other.folded(bits));
        let mut numbers: Vec<u32> = mine.buckets.keys().chain(theirs.buckets.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| mine.buckets.get(number) != theirs.buckets.get(number));
        (bits, numbers)
    }

    /// Whether it may stand as it is: few enough bits, and no bucket beyond them or empty.
    pub fn is_sound(&self) -> bool {
        let end = 1_u32 << self.bits.min(MOST_BITS);
        self.bits <= MOST_BITS
            && self.buckets.iter().all(|(number, bucket)| *number < end && bucket.count > 0)
    }
}

/// One kind in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KindInventory {
    /// How many items.
    pub count: u64,
    /// How many bits of a key's hash choose the bucket.
    pub bits: u8,
    /// The hash over all buckets.
    #[schema(value_type = String)]
    pub digest: Digest,
}

/// What an account had when one pass over it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Inventory {
    /// Whose account.
    pub actor: Url,
    /// Which pass, from 1.
    pub pass: u32,
    /// When counting began.
    #[schema(value_type = String)]
    pub taken_at: Moment,
    /// What there is of each kind the owner agreed to.
    pub kinds: BTreeMap<ItemKind, KindInventory>,
}

#[cfg(test)]
mod tests;

//! How far a copied thing is vouched for by where it came from.

use serde::{Deserialize, Serialize};

use super::transfer::states;

states! {
    /// The grade of a copy, from well to hardly vouched for.
    Provenance {
        /// Old home stated and signed what it has, and the numbers agree with it.
        Confirmed = "confirmed",
        /// Old home handed it over and signed nothing.
        Served = "served",
        /// It was read at Old home as any client reads, with its owner's permission.
        AsClient = "as_client",
        /// It stood in a file that somebody gave; nobody was asked.
        File = "file",
    }
}

//! Addressing read as visibility. Derived, never stored; whatever is not understood is most private.

use url::Url;

use crate::model::object::{Object, Visibility};

/// The id of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Whether an address means everybody, in any of its three spellings.
fn is_public(address: &str) -> bool {
    matches!(address, PUBLIC | "as:Public" | "Public")
}

/// Derives who may see something.
///
/// `followers` is the author's followers collection; where it is not known (a bare archive) any
/// address on the author's origin that ends in `/followers` counts as it.
pub fn visibility(to: &[String], cc: &[String], author: &Url, followers: Option<&Url>) -> Visibility {
    let is_followers = |address: &String| match followers {
        Some(known) => address == known.as_str(),
        None => Url::parse(address)
            .is_ok_and(|url| url.origin() == author.origin() && url.path().ends_with("/followers")),
    };
    if to.iter().any(|address| is_public(address)) {
        Visibility::Public
    } else if cc.iter().any(|address| is_public(address)) {
        Visibility::Unlisted
    } else if to.iter().chain(cc).any(is_followers) {
        Visibility::Followers
    } else {
        Visibility::Direct
    }
}

/// The addressing of something new: `to` and `cc` for a visibility and the people mentioned.
pub fn addressing(
    visibility: Visibility,
    followers: &Url,
    mentioned: &[String],
) -> (Vec<String>, Vec<String>) {
    let (public, followers) = (PUBLIC.to_owned(), followers.to_string());
    let mentioned = mentioned.to_vec();
    match visibility {
        Visibility::Public => (vec![public], [vec![followers], mentioned].concat()),
        Visibility::Unlisted => (vec![followers], [vec![public], mentioned].concat()),
        Visibility::Followers => (vec![followers], mentioned),
        Visibility::Direct => (mentioned, Vec::new()),
    }
}

/// Takes from a post's addressing everybody beyond its visibility; the people it names stay.
pub fn narrow(object: &mut Object, followers: &Url) {
    let said = visibility(&object.to, &object.cc, &object.attributed_to, Some(followers));
    if said < object.visibility {
        let is_somebody = |address: &&String| !is_public(address) && *address != followers.as_str();
        let people: Vec<String> = object.to.iter().chain(&object.cc).filter(is_somebody).cloned().collect();
        (object.to, object.cc) = addressing(object.visibility, followers, &people);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(to: &[&str], cc: &[&str]) -> Visibility {
        let author = Url::parse("https://old.example/users/ann").unwrap();
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        visibility(&own(to), &own(cc), &author, None)
    }

    #[test]
    fn the_four_audiences_are_told_apart() {
        let followers = "https://old.example/users/ann/followers";
        assert_eq!(see(&[PUBLIC], &[followers]), Visibility::Public);
        assert_eq!(see(&[followers], &["as:Public"]), Visibility::Unlisted);
        assert_eq!(see(&[followers], &[]), Visibility::Followers);
        assert_eq!(see(&["https://b.example/users/bob"], &[]), Visibility::Direct);
    }

    #[test]
    fn an_unknown_audience_is_the_most_private() {
        assert_eq!(see(&[], &[]), Visibility::Direct);
        assert_eq!(see(&["https://evil.example/users/x/followers"], &[]), Visibility::Direct);
    }

    #[test]
    fn what_is_addressed_reads_back_as_meant() {
        let author = Url::parse("https://new.example/users/ann").unwrap();
        let followers = Url::parse("https://new.example/users/ann/followers").unwrap();
        for meant in Visibility::ALL {
            let (to, cc) = addressing(meant, &followers, &["https://b.example/users/bob".into()]);
            assert_eq!(visibility(&to, &cc, &author, Some(&followers)), meant);
        }
    }
}

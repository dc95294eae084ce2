//! Pages: newest first behind `max_id`, or oldest first behind `min_id` and still written newest first.

use serde_json::Value;
use url::form_urlencoded;

use super::{Answer, Asked, ClientServer};

/// A field of a query.
pub fn field(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// All values of a field.
pub fn fields(query: &str, name: &str) -> Vec<String> {
    let all = form_urlencoded::parse(query.as_bytes());
    all.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

/// A list, oldest first: what it is paged by, and what stands at a place.
pub struct List<'a> {
    /// The id before the first.
    pub first: u64,
    /// How many there are.
    pub number: u64,
    /// The element at a place, counted from nothing.
    pub at: &'a dyn Fn(u64) -> Value,
}

/// A page of a list.
pub fn page(server: &ClientServer, asked: &Asked<'_>, list: &List<'_>, most: usize) -> Answer {
    let number = |name: &str| field(asked.query, name).and_then(|text| text.parse::<u64>().ok());
    let limit = number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(20).clamp(1, most);
    let (min, max) = (number("min_id"), number("max_id"));
    let within = |id: &u64| min.is_none_or(|min| *id > min) && max.is_none_or(|max| *id < max);
    let all = list.first..list.first + list.number;
    let mut found: Vec<u64> = match min {
        Some(_) => all.filter(within).take(limit).collect(),
        None => all.rev().filter(within).take(limit).collect(),
    };
    if min.is_some() {
        found.reverse();
    }
    let values: Vec<Value> = found.iter().map(|id| (list.at)(id - list.first)).collect();
    let answer = Answer::json(&Value::Array(values));
    let (Some(newest), Some(oldest)) = (found.first(), found.last()) else {
        return answer;
    };
    let kept: Vec<String> = form_urlencoded::parse(asked.query.as_bytes())
        .filter(|(name, _)| !["min_id", "max_id", "since_id"].contains(&name.as_ref()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let at = format!("{}{}?{}", server.origin, asked.path, kept.join("&"));
    let mut links = vec![format!("<{at}&min_id={newest}>; rel=\"prev\"")];
    if found.len() == limit {
        links.insert(0, format!("<{at}&max_id={oldest}>; rel=\"next\""));
    }
    answer.with("Link", links.join(", "))
}

//! Pages: newest first behind `max_id`, or oldest first behind `min_id` and still written newest first; and
//! how the next one is found, where it can be.

use serde_json::Value;
use url::form_urlencoded;

use super::{Answer, Asked, ClientServer, manners::Turning};

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
    /// The element at a place, counted from nothing; nothing for one that is left out.
    pub at: &'a dyn Fn(u64) -> Value,
}

/// A page of a list.
pub fn page(server: &ClientServer, asked: &Asked<'_>, list: &List<'_>, most: usize) -> Answer {
    let turning = (server.manner.turning)(asked.path);
    let ids = server.manner.ids;
    let key = |name: &str| {
        let text = field(asked.query, name)?;
        if turning == Turning::BehindTheFirst { text.parse().ok() } else { ids.unwrap(&text) }
    };
    let number = |name: &str| field(asked.query, name).and_then(|text| text.parse::<usize>().ok());
    let limit = if turning == Turning::Whole { 256 } else { number("limit").unwrap_or(20).clamp(1, most) };
    let (min, max) = if turning == Turning::Whole { (None, None) } else { (key("min_id"), key("max_id")) };
    let within = |id: &u64| min.is_none_or(|min| *id > min) && max.is_none_or(|max| *id < max);
    let all = list.first..list.first + list.number;
    let before = number("page").unwrap_or(1).saturating_sub(1) * limit;
    let is_next = min.is_some() && turning != Turning::NewestFirst;
    let mut found: Vec<u64> = if is_next {
        all.filter(within).take(limit).collect()
    } else {
        all.rev().filter(within).skip(before).take(limit).collect()
    };
    if is_next {
        found.reverse();
    }
    let values = found.iter().map(|id| (list.at)(id - list.first)).filter(|value| !value.is_null());
    let answer = Answer::json(&Value::Array(values.collect()));
    let (Some(newest), Some(oldest)) = (found.first(), found.last()) else {
        return answer;
    };
    let kept: Vec<String> = form_urlencoded::parse(asked.query.as_bytes())
        .filter(|(name, _)| !["min_id", "max_id", "since_id"].contains(&name.as_ref()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let at = format!("{}{}?{}", server.origin, asked.path, kept.join("&"));
    let (newest, oldest) = match turning {
        Turning::BehindTheFirst => (newest.to_string(), oldest.to_string()),
        _ => (ids.wrap(*newest), ids.wrap(*oldest)),
    };
    let (back, on) =
        (format!("<{at}&min_id={newest}>; rel=\"prev\""), format!("<{at}&max_id={oldest}>; rel=\"next\""));
    let is_full = found.len() == limit;
    let links = match turning {
        Turning::Links if is_full => vec![on, back],
        Turning::Links => vec![back],
        Turning::Next if is_full => vec![on],
        Turning::Always | Turning::NewestFirst => vec![on, back],
        Turning::BehindTheFirst => vec![format!("<{at}&max_id={newest}>; rel=\"next\"")],
        Turning::Numbers if number("page").is_none() => vec![format!("<{at}&cursor=x>; rel=\"prev\"")],
        Turning::Next | Turning::Silent | Turning::Numbers | Turning::Whole => return answer,
    };
    answer.with("Link", links.join(", "))
}

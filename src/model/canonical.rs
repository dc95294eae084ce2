//! One text for one JSON value, so that two servers hash and sign the same bytes.
//!
//! Keys are sorted, nothing stands between the tokens, and what is absent, null or empty is left out:
//! a field that a later version adds changes nothing for things that do not use it.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

mod direct;

/// Writes something in its one form, without some of its own fields.
pub fn text_of(something: &impl Serialize, without: &'static [&'static str]) -> String {
    let mut out = String::with_capacity(1024);
    if something.serialize(direct::Direct { out: &mut out, without }).is_ok() {
        return out;
    }
    let mut value = serde_json::to_value(something).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        for name in without {
            fields.remove(*name);
        }
    }
    text(&value)
}

/// Writes a value in its one form.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    put(value, &mut out);
    out
}

fn put(value: &Value, out: &mut String) {
    match value {
        Value::Array(list) => {
            out.push('[');
            for (at, one) in list.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                put(one, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut named: Vec<(&String, &Value)> = fields.iter().filter(|(_, v)| !is_nothing(v)).collect();
            named.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (at, (name, one)) in named.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                put(one, out);
            }
            out.push('}');
        }
        // The last digits of a fraction are lost when it is written and read; six of them are enough.
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(fraction) => {
                let _infallible = write!(out, "{fraction:.6}");
            }
            None => {
                let _infallible = write!(out, "{number}");
            }
        },
        Value::String(text) => quote(text, out),
        one => out.push_str(&one.to_string()),
    }
}

/// Puts a text in quotes; one in which nothing has to be escaped, as nearly all are, is only copied.
fn quote(text: &str, out: &mut String) {
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        out.push_str(&Value::from(text).to_string());
        return;
    }
    out.push('"');
    out.push_str(text);
    out.push('"');
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn order_and_what_is_not_there_make_no_difference() {
        let one = json!({"b": [1, "x\n"], "a": {"z": null, "y": 0.25}, "gone": [], "none": {}});
        let other: Value = serde_json::from_str(r#"{ "a": {"y": 0.2500000001}, "b": [1,"x\n"] }"#).unwrap();
        assert_eq!(text(&one), r#"{"a":{"y":0.250000},"b":[1,"x\n"]}"#);
        assert_eq!(text(&one), text(&other));
    }

    #[test]
    fn every_text_is_written_as_json_writes_it() {
        for code in (0_u32..0x300).chain([0x2028, 0xfffd, 0x1_f426]) {
            let one = Value::from(format!("a{}z", char::from_u32(code).unwrap()));
            assert_eq!(text(&one), one.to_string());
        }
    }

    #[test]
    fn what_is_written_directly_is_what_a_tree_of_it_would_be() {
        #[derive(Serialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        enum One {
            Thing(Thing),
        }
        #[derive(Serialize)]
        struct Thing {
            z: Option<u8>,
            text: &'static str,
            fraction: (f64, f32),
            nothing: Option<Vec<u8>>,
            list: Vec<Option<i64>>,
            empty: Vec<u8>,
            inner: std::collections::BTreeMap<&'static str, Value>,
            hollow: Inner,
            none: std::collections::BTreeMap<String, Value>,
            end: (),
        }
        #[derive(Serialize)]
        struct Inner {
            gone: Option<u8>,
        }
        let thing = || Thing {
            z: Some(7),
            text: "a \"quoted\" text\n",
            fraction: (0.25, f32::NAN),
            nothing: None,
            list: vec![Some(-1), None],
            empty: Vec::new(),
            inner: [("b", json!({"y": null, "x": [{}, []]})), ("a", json!([])), ("", json!(true))].into(),
            hollow: Inner { gone: None },
            none: [].into(),
            end: (),
        };
        let tree = |value: Value| text(&value);
        assert_eq!(text_of(&thing(), &[]), tree(serde_json::to_value(thing()).unwrap()));
        let one = One::Thing(thing());
        assert_eq!(text_of(&one, &[]), tree(serde_json::to_value(&one).unwrap()));
        let mut less = serde_json::to_value(&one).unwrap();
        less.as_object_mut().unwrap().remove("text");
        assert_eq!(text_of(&one, &["text", "not there"]), tree(less));
        for value in [json!(null), json!({}), json!([1, "2", {"c": {}, "b": [], "a": {"d": null}}])] {
            assert_eq!(text_of(&value, &[]), text(&value));
        }
    }

    #[test]
    fn what_is_there_does() {
        let empty = [json!({"a": ""}), json!({"a": false}), json!({"a": 0}), json!({"a": [null]}), json!({})];
        for (at, one) in empty.iter().enumerate() {
            for other in empty.iter().skip(at + 1) {
                assert_ne!(text(one), text(other));
            }
        }
    }
}

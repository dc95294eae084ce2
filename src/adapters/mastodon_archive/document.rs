//! A JSON document of the archive, read as a stream: its list element by element, so that a large
//! one never stands in memory, and its other fields with a note of those that stand there twice.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt,
    io::{self, Read},
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor, value};
use serde_json::{Map, Value};

use crate::words::text;

/// The field that is streamed.
const LIST: &str = "orderedItems";

/// Longest document that is read; the largest real ones are some hundred megabytes.
const DOCUMENT_LIMIT_BYTES: u64 = 1 << 30;

/// Longest element or field: each is in memory at once.
const ELEMENT_LIMIT_BYTES: u64 = 16 << 20;

/// What a document says beside its list.
#[derive(Debug, Default)]
pub struct Document {
    /// Its fields without the list; of a field that stands there twice, the last.
    pub fields: Map<String, Value>,
    /// The fields that stand there more than once, `orderedItems` among them.
    pub repeated: BTreeSet<String>,
}

/// Takes a list as it is read.
pub trait Elements {
    /// The list begins, possibly a second time: what came before does not count.
    fn begin(&mut self);

    /// The next element.
    ///
    /// # Errors
    /// A sentence that stops the reading.
    fn take(&mut self, element: Value) -> Result<(), String>;
}

impl Elements for () {
    fn begin(&mut self) {}

    fn take(&mut self, _: Value) -> Result<(), String> {
        Ok(())
    }
}

/// Reads a document.
///
/// # Errors
/// A sentence without anything of the document's content.
pub fn read(reader: &mut dyn Read, elements: &mut dyn Elements) -> Result<Document, String> {
    let meter = Meter { whole: Cell::new(DOCUMENT_LIMIT_BYTES), element: Cell::new(ELEMENT_LIMIT_BYTES) };
    let refusal = RefCell::new(None);
    let buffered = io::BufReader::with_capacity(64 << 10, reader);
    let mut json = serde_json::Deserializer::from_reader(Metered { inner: buffered, meter: &meter });
    let reading = Reading { elements, meter: &meter, refusal: &refusal };
    let read = json.deserialize_map(reading).and_then(|document| json.end().map(|()| document));
    read.map_err(|error| refusal.take().unwrap_or_else(|| explain(error)))
}

/// Says what is wrong; the parser's own words may repeat what it read, so they are not used.
fn explain(error: serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Io => {
            let error = io::Error::from(error);
            if error.kind() == io::ErrorKind::UnexpectedEof {
                text!("archive-it-is-cut-off")
            } else {
                text!("archive-it-cannot-be-read", error = error.to_string())
            }
        }
        serde_json::error::Category::Eof => text!("archive-it-ends-in-the-middle"),
        _ => text!("archive-it-is-no-valid-json", line = line.to_string(), column = column.to_string()),
    }
}

/// Bytes that are left for the document and for the element being read.
struct Meter {
    whole: Cell<u64>,
    element: Cell<u64>,
}

struct Metered<'a, R> {
    inner: R,
    meter: &'a Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let taken = u64::try_from(read).unwrap_or(u64::MAX);
        let less = |left: &Cell<u64>| left.get().checked_sub(taken);
        let whole = less(&self.meter.whole);
        self.meter.whole.set(whole.ok_or_else(|| io::Error::other(text!("archive-it-is-too-long")))?);
        let element = less(&self.meter.element);
        self.meter
            .element
            .set(element.ok_or_else(|| io::Error::other(text!("archive-an-entry-is-too-long")))?);
        Ok(read)
    }
}

/// Reads the top level.
struct Reading<'a> {
    elements: &'a mut dyn Elements,
    meter: &'a Meter,
    refusal: &'a RefCell<Option<String>>,
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        let mut has_list = false;
        while let Some(name) = map.next_key::<String>()? {
            self.meter.element.set(ELEMENT_LIMIT_BYTES);
            let is_again = if name == LIST {
                self.elements.begin();
                map.next_value_seed(List {
                    elements: &mut *self.elements,
                    meter: self.meter,
                    refusal: self.refusal,
                })?;
                std::mem::replace(&mut has_list, true)
            } else {
                document.fields.insert(name.clone(), map.next_value()?).is_some()
            };
            if is_again {
                document.repeated.insert(name);
            }
        }
        Ok(document)
    }
}

/// Reads the list: elements, the one element that stands in its place, or nothing.
struct List<'a> {
    elements: &'a mut dyn Elements,
    meter: &'a Meter,
    refusal: &'a RefCell<Option<String>>,
}

impl List<'_> {
    fn pass_on<E: serde::de::Error>(&mut self, element: Value) -> Result<(), E> {
        self.meter.element.set(ELEMENT_LIMIT_BYTES);
        self.elements.take(element).map_err(|why| {
            self.refusal.replace(Some(why));
            E::custom("refused")
        })
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element::<Value>()? {
            self.pass_on(element)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        let element = serde::Deserialize::deserialize(value::MapAccessDeserializer::new(map))?;
        self.pass_on(element)
    }

    fn visit_str<E: serde::de::Error>(mut self, text: &str) -> Result<(), E> {
        self.pass_on(Value::from(text))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Kept(Vec<Value>);

    impl Elements for Kept {
        fn begin(&mut self) {
            self.0.clear();
        }

        fn take(&mut self, element: Value) -> Result<(), String> {
            self.0.push(element);
            Ok(())
        }
    }

    fn parse(text: &str) -> Result<(Document, Vec<Value>), String> {
        let mut kept = Kept::default();
        let document = read(&mut text.as_bytes(), &mut kept)?;
        Ok((document, kept.0))
    }

    #[test]
    fn of_repeated_fields_the_last_counts_and_all_are_named() {
        let (document, list) =
            parse(r#"{"a":1,"orderedItems":[],"a":2,"b":3,"orderedItems":["x"]}"#).unwrap();
        assert_eq!(document.fields["a"], 2);
        assert_eq!(document.repeated.iter().collect::<Vec<_>>(), ["a", "orderedItems"]);
        assert_eq!(list, ["x"]);
    }

    #[test]
    fn a_list_may_be_one_element_or_nothing() {
        assert_eq!(parse(r#"{"orderedItems":"x"}"#).unwrap().1.len(), 1);
        assert_eq!(parse(r#"{"orderedItems":{"id":"x"}}"#).unwrap().1.len(), 1);
        assert_eq!(parse(r#"{"orderedItems":null}"#).unwrap().1.len(), 0);
    }

    #[test]
    fn what_is_not_json_is_refused_without_repeating_it() {
        for text in [r#""secret""#, "{\"secret\" 1}", "{\"a\":\"secret", "{} secret", r#"{"orderedItems":7}"#]
        {
            let why = parse(text).unwrap_err();
            assert!(!why.contains("secret") && why.contains("download"), "{why}");
        }
    }

    #[test]
    fn an_endless_entry_is_refused() {
        let text = format!(r#"{{"orderedItems":["{}"]}}"#, "x".repeat(17 << 20));
        assert!(parse(&text).unwrap_err().contains("one entry is too long"));
    }
}

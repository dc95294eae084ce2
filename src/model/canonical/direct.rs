//! The one form of a value written while it is serialized, without a tree of it in between: an inventory
//! writes everything an account has.

use std::{borrow::Cow, ops::Range};

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
        SerializeTupleStruct,
    },
};
use serde_json::{Error, Value};

use super::{put, quote};

/// Shapes that no model has; whoever meets one takes the way over a tree.
const UNUSED: &str = "a shape that is not written directly";

/// The outcome of each part: whether it is null or empty, and would be left out as a field.
type IsNothing = bool;

/// Writes one value behind what is written already.
pub(super) struct Direct<'w> {
    pub(super) out: &'w mut String,
    /// Fields of this value (not of those in it) that are left out.
    pub(super) without: &'static [&'static str],
}

impl Direct<'_> {
    fn within(out: &mut String) -> Direct<'_> {
        Direct { out, without: &[] }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a serializer answers")]
    fn text(self, text: &str) -> Result<IsNothing, Error> {
        quote(text, self.out);
        Ok(false)
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a serializer answers")]
    fn value(self, value: impl Into<Value>) -> Result<IsNothing, Error> {
        let value = value.into();
        put(&value, self.out);
        Ok(value.is_null())
    }
}

/// The elements of a list that are written so far.
pub(super) struct Elements<'w> {
    out: &'w mut String,
    is_empty: bool,
}

impl<'w> Elements<'w> {
    fn begin(out: &'w mut String) -> Self {
        out.push('[');
        Self { out, is_empty: true }
    }

    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if !self.is_empty {
            self.out.push(',');
        }
        self.is_empty = false;
        value.serialize(Direct::within(self.out)).map(drop)
    }

    fn finish(self) -> IsNothing {
        self.out.push(']');
        self.is_empty
    }
}

/// The fields of an object that are written so far, each in the order it came in.
pub(super) struct Fields<'w> {
    out: &'w mut String,
    begin: usize,
    without: &'static [&'static str],
    parts: Vec<(Cow<'static, str>, Range<usize>)>,
    key: Option<String>,
    /// Whether nothing came, not even a field that was left out for being empty.
    is_empty: bool,
}

impl<'w> Fields<'w> {
    fn begin(direct: Direct<'w>) -> Self {
        let Direct { out, without } = direct;
        let begin = out.len();
        Self { out, begin, without, parts: Vec::new(), key: None, is_empty: true }
    }

    fn add<T: Serialize + ?Sized>(&mut self, name: Cow<'static, str>, value: &T) -> Result<(), Error> {
        if self.without.contains(&name.as_ref()) {
            return Ok(());
        }
        self.is_empty = false;
        // A field that comes twice is the later one, as in a tree.
        self.parts.retain(|(earlier, _)| *earlier != name);
        let start = self.out.len();
        quote(&name, self.out);
        self.out.push(':');
        if value.serialize(Direct::within(self.out))? {
            self.out.truncate(start);
        } else {
            self.parts.push((name, start..self.out.len()));
        }
        Ok(())
    }

    fn finish(mut self) -> IsNothing {
        self.parts.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let parts = self.parts.iter().filter_map(|(_, place)| self.out.get(place.clone()));
        let sorted = parts.collect::<Vec<_>>().join(",");
        self.out.truncate(self.begin);
        self.out.push('{');
        self.out.push_str(&sorted);
        self.out.push('}');
        self.is_empty
    }
}

/// Numbers have one spelling, which the tree knows.
macro_rules! numbers {
    ($($name:ident: $kind:ty),+ $(,)?) => {
        $(fn $name(self, number: $kind) -> Result<IsNothing, Error> { self.value(number) })+
    };
}

impl<'w> Serializer for Direct<'w> {
    type Ok = IsNothing;
    type Error = Error;
    type SerializeSeq = Elements<'w>;
    type SerializeTuple = Elements<'w>;
    type SerializeTupleStruct = Elements<'w>;
    type SerializeTupleVariant = Impossible<IsNothing, Error>;
    type SerializeMap = Fields<'w>;
    type SerializeStruct = Fields<'w>;
    type SerializeStructVariant = Impossible<IsNothing, Error>;

    numbers! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_char(self, one: char) -> Result<IsNothing, Error> {
        self.text(one.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<IsNothing, Error> {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<IsNothing, Error> {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Result<IsNothing, Error> {
        self.value(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<IsNothing, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<IsNothing, Error> {
        self.value(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<IsNothing, Error> {
        self.value(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<IsNothing, Error> {
        self.text(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<IsNothing, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<IsNothing, Error> {
        let mut fields = Fields::begin(self);
        fields.add(Cow::Borrowed(name), value)?;
        Ok(fields.finish())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'w>, Error> {
        Ok(Elements::begin(self.out))
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'w>, Error> {
        Ok(Elements::begin(self.out))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'w>, Error> {
        Ok(Elements::begin(self.out))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom(UNUSED))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'w>, Error> {
        Ok(Fields::begin(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'w>, Error> {
        Ok(Fields::begin(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom(UNUSED))
    }
}

/// Implements the three kinds of list, which differ in the name of one function.
macro_rules! lists {
    ($($kind:ident, $add:ident);+) => {
        $(impl $kind for Elements<'_> {
            type Ok = IsNothing;
            type Error = Error;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.add(value)
            }

            fn end(self) -> Result<IsNothing, Error> {
                Ok(self.finish())
            }
        })+
    };
}

lists! { SerializeSeq, serialize_element; SerializeTuple, serialize_element; SerializeTupleStruct, serialize_field }

impl SerializeStruct for Fields<'_> {
    type Ok = IsNothing;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.add(Cow::Borrowed(name), value)
    }

    fn end(self) -> Result<IsNothing, Error> {
        Ok(self.finish())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = IsNothing;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = match serde_json::to_value(key)? {
            Value::String(name) => Some(name),
            _ => return Err(Error::custom(UNUSED)),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = self.key.take().ok_or_else(|| Error::custom(UNUSED))?;
        self.add(Cow::Owned(name), value)
    }

    fn end(self) -> Result<IsNothing, Error> {
        Ok(self.finish())
    }
}

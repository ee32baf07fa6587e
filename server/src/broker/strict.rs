//! Reading JSON in which every name stands once. Where a name stands twice, two readers may see two different things.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// JSON in which every name stands once in its object; what it says is read elsewhere.
pub(super) struct OnceEach;

impl<'de> Deserialize<'de> for OnceEach {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = OnceEach;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in which every name stands once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OnceEach, A::Error> {
        let mut seen = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name) {
                return Err(A::Error::custom("a name stands twice"));
            }
            map.next_value::<OnceEach>()?;
        }
        Ok(OnceEach)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OnceEach, A::Error> {
        while list.next_element::<OnceEach>()?.is_some() {}
        Ok(OnceEach)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_unit<E: Error>(self) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }
}

#[cfg(test)]
mod tests {
    use super::OnceEach;

    // asvs = "1.5.3, 1.5.2"
    #[test]
    fn a_name_that_stands_twice_is_noticed_at_any_depth() {
        for (json, fine) in [
            (r#"{"a":1,"b":{"a":[true,null,"x",-1,0.5,{"a":1}]}}"#, true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":1,"\u0061":2}"#, false),
            (r#"{"b":[{"a":1,"a":2}]}"#, false),
            (r#"{"b":{"a":1,"c":2,"a":3}}"#, false),
            ("{", false),
        ] {
            assert_eq!(serde_json::from_str::<OnceEach>(json).is_ok(), fine, "{json}");
        }
    }
}

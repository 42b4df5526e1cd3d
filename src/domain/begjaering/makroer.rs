//! Two macros: an object with its fields, and a list of codes. Each writes the type, and how it is read.

/// A type of the model. A field is `name: Type = "nameInTheBody"`. `Option` is 0..1, `Vec` 0..*, `MinstEn` 1..*; all
/// others are required. A `Vec` needs `#[serde(default)]`, which only the JSON Schema reads.
macro_rules! objekt {
    ($(#[$om:meta])* $navn:ident { $($(#[$om_felt:meta])* $felt:ident : $type:ty = $json:literal,)* }) => {
        $(#[$om])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
        pub struct $navn {
            $(
                $(#[$om_felt])*
                #[serde(rename = $json, skip_serializing_if = "crate::domain::begjaering::leser::Les::utelates")]
                pub $felt: $type,
            )*
        }

        impl crate::domain::begjaering::leser::Les for $navn {
            fn les(
                verdi: &crate::domain::begjaering::json::Verdi<'_>,
                leser: &mut crate::domain::begjaering::leser::Leser,
                sti: &crate::domain::begjaering::leser::Sti<'_>,
            ) -> Option<Self> {
                static FELTER: [&str; [$($json),*].len()] = [$($json),*];
                let [$($felt),*] = leser.objekt(verdi, stringify!($navn), &FELTER, sti)?;
                $(let $felt = <$type as crate::domain::begjaering::leser::Les>::les_felt($felt, leser, sti, $json);)*
                Some(Self { $($felt: $felt?),* })
            }
        }
    };
}

/// A list of codes: `Variant = "code"`. `utgaver` says which models have a code; the JSON Schema has those of 2.0.
macro_rules! kodeliste {
    ($(#[doc = $om:literal])* $navn:ident { $($(#[$om_kode:meta])* $kode:ident = $json:literal,)* }) => {
        $(#[doc = $om])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $navn {
            $($(#[$om_kode])* #[doc = concat!("`", $json, "`")] $kode,)*
        }

        impl $navn {
            /// All codes.
            pub const ALLE: &'static [Self] = &[$(Self::$kode),*];

            /// As the body spells it.
            pub const fn kode(self) -> &'static str {
                match self {
                    $(Self::$kode => $json,)*
                }
            }

            /// The code with this name.
            pub fn med_kode(kode: &str) -> Option<Self> {
                Self::ALLE.iter().copied().find(|kjent| kjent.kode() == kode)
            }

            /// The codes that a model has.
            pub fn koder(modell: crate::domain::begjaering::Modell) -> Vec<&'static str> {
                let alle = Self::ALLE.iter().map(|kode| kode.kode());
                alle.filter(|kode| crate::domain::begjaering::utgaver::har_kode(modell, stringify!($navn), kode)).collect()
            }
        }

        impl std::fmt::Display for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.kode())
            }
        }

        impl serde::Serialize for $navn {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.kode())
            }
        }

        impl<'de> serde::Deserialize<'de> for $navn {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let kode = String::deserialize(deserializer)?;
                Self::med_kode(&kode).ok_or_else(|| serde::de::Error::custom("there is no such code"))
            }
        }

        impl schemars::JsonSchema for $navn {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($navn).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let koder = Self::koder(crate::domain::begjaering::Modell::V2);
                schemars::json_schema!({ "description": concat!($($om),*).trim(), "type": "string", "enum": koder })
            }
        }

        impl crate::domain::begjaering::leser::Les for $navn {
            fn les(
                verdi: &crate::domain::begjaering::json::Verdi<'_>,
                leser: &mut crate::domain::begjaering::leser::Leser,
                sti: &crate::domain::begjaering::leser::Sti<'_>,
            ) -> Option<Self> {
                let kode = leser.kode(verdi, stringify!($navn), sti, Self::koder)?;
                Self::med_kode(kode)
            }
        }
    };
}

pub(super) use {kodeliste, objekt};

"""Labels, groups and rules of countries in SpeciesNet's layout, for tests."""

from __future__ import annotations

LABELS = """\
a;mammalia;carnivora;felidae;panthera;pardus;leopard
b;mammalia;carnivora;felidae;panthera;leo;lion
c;mammalia;carnivora;felidae;panthera;uncia;snow leopard
d;mammalia;carnivora;hyaenidae;crocuta;crocuta;spotted hyaena
e;mammalia;perissodactyla;equidae;equus;quagga;plains zebra
990ae9dd-7a59-4344-afcb-1b7b21368000;mammalia;primates;hominidae;homo;sapiens;human
f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank
e2895ed5-780b-48f6-8a11-9e27cb594511;;;;;;vehicle
""".splitlines()
TAXA = """\
g;mammalia;carnivora;felidae;panthera;;panthera species
h;mammalia;carnivora;felidae;;;cat family
i;mammalia;carnivora;hyaenidae;;;hyaenidae family
j;mammalia;carnivora;;;;carnivorous mammal
k;mammalia;;;;;mammal
l;mammalia;perissodactyla;equidae;;;equidae family
m;;;;;;animal
""".splitlines()
RULES = {
    "mammalia;carnivora;felidae;panthera;leo": {"allow": {"KEN": [], "IND": ["GJ"]}},
    "mammalia;carnivora;felidae;panthera;uncia": {"block": {"KEN": [], "USA": ["AK"]}},
    "mammalia;carnivora;hyaenidae;;": {"block": {"BRA": []}},
}

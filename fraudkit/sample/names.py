"""Invented names of merchants: pools from Faker and Peruvian lists of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from faker import Faker

LOCALES: Final = ("es_CO", "es_MX", "es_ES")
"""Faker knows no Peru; these share most of its given names and surnames."""
POOL_SIZE: Final = 150
PERUVIAN_SURNAMES: Final = (
    "Quispe", "Mamani", "Huamán", "Condori", "Chávez", "Ccori", "Huanca", "Choque", "Apaza", "Yupanqui",
    "Cusihuamán", "Paredes", "Cáceres", "Villanueva", "Zegarra", "Tello", "Ñaupari", "Chuquimia", "Poma",
    "Ticona", "Sulca", "Ancco", "Cahuana", "Ramos", "Palomino", "Cárdenas", "Huaytalla", "Lazo", "Ochoa",
)  # fmt: skip
SAINTS: Final = (
    "Santa Rosa", "San Martín", "Señor de los Milagros", "San Judas", "Virgen del Carmen", "San Antonio",
    "Santa Beatriz", "San Hilarión", "Virgen de Chapi", "San Isidro Labrador", "Santa Clara", "San Blas",
)  # fmt: skip
WORDS: Final = (
    "Inti", "Misti", "Pachacútec", "Cantuta", "Sumaq", "Killa", "Ayllu", "Chaska", "Illari", "Amaru",
    "Sirena", "Huascarán", "Kuntur", "Totora", "Mar Azul", "Algarrobo", "Retama", "Vicuña", "Wayra",
    "Tumi", "Lúcuma", "Rocoto", "Maray", "Puquio", "Ichu", "Sacha", "Nazarena", "Panorama", "Nuevo Sol",
    "El Huarique", "Ñusta", "Tambo Viejo", "La Esquina", "Punto Norte", "Qori", "Yachay",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamePools:
    """Words that fill the gaps of a pattern such as `Bodega {given}`."""

    given: tuple[str, ...]
    woman: tuple[str, ...]
    surname: tuple[str, ...]
    saint: tuple[str, ...] = SAINTS
    word: tuple[str, ...] = WORDS

    def fill(self, rng: np.random.Generator, pattern: str) -> str:
        """Return the pattern with each gap filled at random."""
        return pattern.format(
            **{
                gap: pool[rng.integers(len(pool))]
                for gap, pool in (
                    ("given", self.given),
                    ("woman", self.woman),
                    ("surname", self.surname),
                    ("saint", self.saint),
                    ("word", self.word),
                )
            }
        )


def name_pools(seed: int) -> NamePools:
    """Draw the pools, always the same for a seed."""
    given: dict[str, None] = {}
    woman: dict[str, None] = {}
    surname: dict[str, None] = dict.fromkeys(PERUVIAN_SURNAMES)
    for locale in LOCALES:
        faker = Faker(locale)
        faker.seed_instance(seed)
        for _ in range(POOL_SIZE):
            given[faker.first_name()] = None
            woman[faker.first_name_female()] = None
            surname[faker.last_name()] = None
    return NamePools(tuple(given), tuple(woman), tuple(surname))

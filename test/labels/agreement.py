"""Writes agreement.json: what scikit-learn 1.9, statsmodels 0.15 and krippendorff 0.9 say of drawn words.

pip install scikit-learn statsmodels krippendorff; python agreement.py > agreement.json
"""

import json
import random
import warnings

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.inter_rater import cohens_kappa

warnings.simplefilter("ignore")


def number(value):
    return None if np.isnan(value) else float(value)


def pairs(draw, rows, words, same):
    """Words of two, who say the same with this chance beyond luck; the first word is the rarest."""
    weights = [1 + 3 * place for place in range(len(words))]
    one = draw.choices(words, weights, k=rows)
    return [[a, a if draw.random() < same else draw.choices(words, weights)[0]] for a in one]


def kappa_case(said):
    one, other = [a for a, _ in said], [b for _, b in said]
    found = cohens_kappa(confusion_matrix(one, other))
    return {
        "said": said,
        "kappa": number(cohen_kappa_score(one, other)),
        # Rounding may leave a variance below 0, whose root is none.
        "error": None if np.isnan(found.kappa) else float(np.sqrt(max(0.0, found.var_kappa))),
        "alpha": alpha([[a, b] for a, b in said]),
    }


def alpha(units):
    most = max(len(unit) for unit in units)
    table = np.array([[unit[i] if i < len(unit) else "" for unit in units] for i in range(most)])
    words = sorted({word for unit in units for word in unit})
    codes = np.array([[words.index(word) if word else np.nan for word in row] for row in table], dtype=float)
    try:
        return number(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal"))
    except ValueError:
        return None


def unit_case(draw, rows, people, words):
    units = [draw.choices(words, k=draw.randint(1, people)) for _ in range(rows)]
    return {"units": units, "alpha": alpha(units)}


draw = random.Random(7)
two, three = ["bad", "good"], ["bad", "unsure", "good"]
kappas = [pairs(draw, rows, words, same) for rows in (4, 20, 95) for words in (two, three) for same in (0, 0.6, 1)]
kappas += [[["good", "good"]] * 9 + [["bad", "good"]], [["good", "bad"], ["bad", "good"]]]
units = [(rows, people, words) for rows in (5, 40) for people in (2, 3, 5) for words in (two, three)]
print(
    json.dumps(
        {
            "kappa": [kappa_case(said) for said in kappas],
            "alpha": [unit_case(draw, *each) for each in units],
        }
    )
)

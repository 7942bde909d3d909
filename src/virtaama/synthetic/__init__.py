"""An invented county: the files its systems would hand over, with flaws that can be counted."""

from virtaama.synthetic.county import CountySize, WrittenFile
from virtaama.synthetic.invent import invent
from virtaama.synthetic.manifest import Flaw, Manifest, Planted

__all__ = ["CountySize", "Flaw", "Manifest", "Planted", "WrittenFile", "invent"]

"""What PyScript runs, once it has unpacked the packages."""

from autoencoder.main import main

await main()
